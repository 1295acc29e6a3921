package repl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"microts/internal/human"
	"microts/internal/source"
	"microts/internal/tick"
	"microts/luabind"
	"microts/store"
)

// db returns the open database.
func (r *REPL) db() (*source.Source, error) {
	db := luabind.Source(r.L.Globals.GetString("db"))
	if db == nil || db.Closed() {
		return nil, errors.New("no database is open: .open PATH")
	}
	r.noticeOpen()
	return db, nil
}

// open opens a database or an archive as the global db, then closes the one that db was.
func (r *REPL) open(path string, o *source.Options) error {
	opened, err := r.State.OpenDatabase(path, o)
	if err != nil {
		return err
	}
	if err := r.eval("if db then pcall(function() db:close() end) end"); err != nil {
		return err
	}
	r.L.Globals.SetString("db", opened)
	r.path, r.focus = luabind.Source(opened).Path(), nil
	return nil
}

// options returns how the console opens what a user names.
func (r *REPL) options() *source.Options {
	o := &source.Options{}
	o.ReadOnly = r.ReadOnly
	return o
}

// noticeOpen takes note of a database that Lua opened as db.
func (r *REPL) noticeOpen() {
	if db := luabind.Source(r.L.Globals.GetString("db")); db != nil && db.Path() != r.path {
		r.path, r.focus = db.Path(), nil
	}
}

func (r *REPL) openCommand(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: .open PATH")
	}
	said, _, err := r.openNamed(args[0], r.options())
	if err == nil {
		fmt.Fprintln(r.w, said)
	}
	return err
}

// openNamed opens the database at a path that a user typed, and returns what to say of
// it: a path that does not exist makes a new database, and may be a mistake.
func (r *REPL) openNamed(path string, o *source.Options) (said string, made bool, err error) {
	near := ""
	if made = !r.ReadOnly && isNew(path); made {
		near = nearDatabase(path)
	}
	if near != "" && r.Terminal {
		if err := r.confirmNew(path, near); err != nil {
			return "", false, err
		}
		near = "" // the user knows it
	}
	r.opening = true
	defer func() { r.opening = false }()
	if err := r.open(path, o); err != nil {
		return "", false, err
	}
	return "db is " + described(r.path, made, near), made, nil
}

func (r *REPL) closeCommand([]string) error {
	if _, err := r.db(); err != nil {
		return err
	}
	r.path, r.focus = "", nil
	return r.eval("db:close() db = nil")
}

func (r *REPL) refreshCommand([]string) error {
	db, err := r.db()
	if err != nil {
		return err
	}
	focus := r.focus
	if err := r.eval("db:close()"); err != nil {
		return err
	}
	err = r.open(db.Path(), db.Options())
	r.focus = focus
	return err
}

// The fields of the keys of a database, by its format: name, bytes, encoding.
var (
	keyFieldsV1 = [][]string{
		{"symbol", "8", "ASCII, left-aligned, padded with spaces"},
		{"ts_us", "8", "uint64 big-endian, µs since 1970"},
		{"data_type", "1", ""},
	}
	keyFieldsV2 = [][]string{
		{"market", "1", "one ASCII character"},
		{"code", "9", "ASCII, right-aligned, padded with 0"},
		{"chunk_base_ms", "8", "uint64 big-endian, the beginning of 30 s"},
		{"micro_offset", "4", "uint32 big-endian, µs from there"},
		{"seq", "2", "uint16 big-endian, order within one µs"},
	}
)

func (r *REPL) schemaCommand([]string) error {
	db, err := r.db()
	if err != nil {
		return err
	}
	if db.DB() != nil {
		r.describeKeys(db.DB())
	}
	lines, err := db.Describe()
	if err != nil {
		return err
	}
	for _, line := range lines {
		fmt.Fprintln(r.w, line)
	}
	if db.IsDatabaseV1() {
		return nil
	}
	return r.describeFirstValue(db)
}

// describeKeys shows the fields of a database's keys.
func (r *REPL) describeKeys(db *store.DB) {
	fields := keyFieldsV2
	if db.Format() == tick.V1 {
		fields = keyFieldsV1
	}
	fmt.Fprintf(r.w, "storage engine %v\n", db.Format())
	fmt.Fprintln(r.w, r.grid([]string{"key", "bytes", ""}, fields, false))
}

// describeFirstValue says what the first value of the instrument in focus is.
func (r *REPL) describeFirstValue(db *source.Source) error {
	name, _, err := (&instrumentParser{r: r, db: db}).parse(nil)
	if err != nil {
		fmt.Fprintln(r.w, err)
		return nil
	}
	in, err := db.Find(name)
	if err != nil {
		return err
	}
	row, ok, err := db.First(&in, 0)
	if err != nil || !ok {
		return err
	}
	kind := "string"
	if decoded := decode(row.Value); decoded != "" {
		kind, _, _ = strings.Cut(decoded, ":")
		kind += " record"
	}
	fmt.Fprintf(r.w, "the first value of %v is a %s of %s\n", name, kind, human.Count(len(row.Value), "byte"))
	return nil
}

func (r *REPL) statsCommand([]string) error {
	db, err := r.db()
	if err != nil {
		return err
	}
	s, err := db.Stats()
	if err != nil {
		return err
	}
	return r.showSheet(statsSheet(luabind.NewStats(&s)))
}

// statsSheet returns the sheet of the fields of stats.
func statsSheet(stats luabind.Stats) *sheet {
	s := &sheet{columns: []string{"field", "value"}}
	for _, f := range luabind.StatFields {
		if stats[f.Name] == nil {
			continue
		}
		value := fmt.Sprint(stats[f.Name])
		_, err := strconv.ParseFloat(value, 64)
		s.rows = append(s.rows, []cell{textCell(f.Name), {text: value, plain: err == nil}})
	}
	return s
}
