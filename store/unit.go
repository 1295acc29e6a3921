package store

import "microts/internal/tick"

// NoteUnit makes the database remember the unit in which points were first written;
// later calls do nothing.
func (db *DB) NoteUnit(u tick.Unit) error {
	known, err := db.NotedUnit()
	if err != nil || known != tick.Auto {
		return err
	}
	return db.write(tagPut, []byte(unitKey), u.String())
}

// NotedUnit returns the unit that NoteUnit remembered, or tick.Auto.
func (db *DB) NotedUnit() (tick.Unit, error) {
	if err := db.settleAll(); err != nil {
		return tick.Auto, err
	}
	name, _, err := db.lookup([]byte(unitKey))
	if err != nil || name == "" {
		return tick.Auto, err
	}
	return tick.ParseUnit(name)
}
