package source

import "microts/store"

// Options says how Open opens a Source. The zero value opens a database with default
// options.
type Options struct {
	store.Options // of a database
}

// Opener opens the Source at a path.
type Opener func(path string, o *Options) (*Source, error)

// In returns the Opener of an Env, which owns the databases.
func In(env *store.Env) Opener {
	return func(path string, o *Options) (*Source, error) {
		db, err := env.Open(path, &o.Options)
		if err != nil {
			return nil, err
		}
		return Of(db), nil
	}
}
