package source

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"microts/internal/archive"
	"microts/internal/objects"
	"microts/internal/tick"
	"microts/store"
)

// Options says how Open opens a Source. The zero value opens a database with default
// options, or the archive at a URL.
type Options struct {
	store.Options // of a database

	// ReadWrite wants something that can be written to. Without it, what can only be
	// read is opened too.
	ReadWrite bool

	// Archive is the URL of an archive that is read as one with the database: what is
	// sealed there, comes from there. "" is none. The archive need not exist yet.
	Archive string

	// How the archive is opened.
	ArchiveOptions

	opened func() // tests: called between the opening of a database and that of its archive
}

// ArchiveOptions say how an archive is opened; see archive.Options.
type ArchiveOptions struct {
	Cache                   string // folder
	CacheSize               int64  // in bytes
	Timeout, RequestTimeout time.Duration
	Revision                int
	AsOf                    time.Time
	Pins                    archive.Pins
}

// IsURL says whether a path is the URL of an archive.
func IsURL(path string) bool { return objects.IsURL(path) }

// IsFolderURL says whether a URL is that of a folder.
func IsFolderURL(url string) bool { return strings.HasPrefix(url, "file://") }

// CleanURL returns the URL of an archive as Path of the archive returns it, or the text
// itself if it is none.
func CleanURL(url string) string {
	clean, err := objects.CleanURL(url)
	if err != nil {
		return url
	}
	return clean
}

// Opener opens the Source at the path of a folder, or at a URL. ctx is for the open alone.
type Opener func(ctx context.Context, path string, o *Options) (*Source, error)

// Env owns the databases and the archives that are open in a process. Any number of
// goroutines may use an Env.
type Env struct {
	Databases *store.Env
	archives  *archive.Env
}

// NewEnv returns an Env in which nothing is open.
func NewEnv() *Env { return &Env{store.NewEnv(), archive.NewEnv()} }

// Close closes all Sources, as store.Env.Close does. It returns what went wrong with the
// databases.
func (e *Env) Close() error {
	err := e.Databases.Close() // first: from then on ParkIfClosed parks who meets a closed archive
	e.archives.Close()
	return err
}

// ParkIfClosed never returns if Close was called. See store.Env.ParkIfClosed.
func (e *Env) ParkIfClosed() { e.Databases.ParkIfClosed() }

// Open opens a Source: the archive at a URL, else the database in a folder, with
// Options.Archive as one. Nil options are the zero Options.
func (e *Env) Open(ctx context.Context, path string, o *Options) (*Source, error) {
	if o == nil {
		o = &Options{}
	}
	if err := o.check(path); err != nil {
		return nil, err
	}
	if IsURL(path) {
		open := e.archiveAt(path, o, false)
		a, err := open(ctx, o.Pins)
		if err != nil {
			return nil, fmt.Errorf("open archive: %w", err)
		}
		return o.keep(ofArchive(a, open)), nil
	}
	if o.Archive == "" {
		db, err := e.Databases.Open(path, &o.Options)
		if err != nil {
			return nil, err
		}
		return o.keep(Of(db)), nil
	}
	// The archive first: a database would be made before the error of a wrong URL.
	open := e.archiveAt(o.Archive, o, true)
	a, err := open(ctx, o.Pins)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	db, err := e.Databases.Open(path, &o.Options)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if o.opened != nil {
		o.opened()
	}
	// Once more: between the two, another process may have sealed a day and deleted it from
	// the database.
	if a, err = again(ctx, a, open, o.Pins); err != nil {
		return nil, errors.Join(fmt.Errorf("open archive: %w", err), db.Close())
	}
	return o.keep(ofBoth(db, a, open)), nil
}

// again returns an archive that was opened before a database, with the days that are sealed
// now. Days that are not pinned, because they were sealed after the pins were taken, come
// from it too: the database may not have them any more. If it fails, the archive is closed.
func again(ctx context.Context, a *archive.Archive, open archiveOpener, pins archive.Pins) (*archive.Archive, error) {
	if pins == nil {
		if err := a.Refresh(); err != nil {
			return nil, errors.Join(err, a.Close())
		}
		return a, nil
	}
	defer a.Close() // after the other is open, so that both share the connection
	now, err := open(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer now.Close()
	all, err := now.Pins()
	if err != nil {
		return nil, err
	}
	maps.Copy(all, pins)
	return open(ctx, all)
}

// keep makes s remember how it was opened.
func (o *Options) keep(s *Source) *Source {
	s.options = *o
	return s
}

func ofArchive(a *archive.Archive, open archiveOpener) *Source {
	return &Source{Reader: a, kind: Archive, archive: a, open: open}
}

func ofBoth(db *store.DB, a *archive.Archive, open archiveOpener) *Source {
	u := archive.NewUnion(db, a)
	return &Source{Reader: &both{u, db, a}, kind: Both, db: db, archive: a, union: u, open: open}
}

// archiveAt returns what opens the archive at a URL.
func (e *Env) archiveAt(url string, o *Options, mayBeMissing bool) archiveOpener {
	options := archive.Options{
		Cache: o.Cache, CacheSize: o.CacheSize, Timeout: o.Timeout, RequestTimeout: o.RequestTimeout,
		Revision: o.Revision, AsOf: o.AsOf, MayBeMissing: mayBeMissing, OneCore: o.OneCore,
	}
	return func(ctx context.Context, pins archive.Pins) (*archive.Archive, error) {
		options := options
		options.Pins = pins
		return e.archives.Open(ctx, url, options)
	}
}

// ArchiveOptionNames are the options of an archive by the names that scripts give them.
var ArchiveOptionNames = []string{"cache", "cache_size", "timeout", "request_timeout", "revision", "as_of"}

// check returns an error if an option is not one of what the path names.
func (o *Options) check(path string) error {
	switch isURL := IsURL(path); {
	case isURL && o.ReadWrite:
		return &store.OptionError{Name: "mode", Problem: `"r" expected: an archive can only be read`}
	case isURL && o.Archive != "":
		return &store.OptionError{Name: "archive", Problem: "it goes with a database in a folder, not with a URL"}
	case isURL && o.Format != tick.V2:
		return errors.New("a storage engine needs a database in a folder: an archive can only be read, as ticks")
	case isURL && o.Durability != store.Process:
		return &store.OptionError{Name: "durability", Problem: "an archive has none: it can only be read"}
	case isURL && len(o.RocksDB) > 0:
		name := slices.Min(slices.Collect(maps.Keys(o.RocksDB)))
		return &store.OptionError{Name: name, Problem: "unknown; an archive has mode, " + strings.Join(ArchiveOptionNames, ", ")}
	case isURL:
		return nil
	case strings.Contains(path, "://"):
		return fmt.Errorf("path of a folder, s3://BUCKET/PREFIX or file:///FOLDER expected, got %q", Redacted(path))
	case o.Archive != "" && !IsURL(o.Archive):
		return &store.OptionError{Name: "archive", Problem: fmt.Sprintf("s3://BUCKET/PREFIX or file:///FOLDER expected, got %q", Redacted(o.Archive))}
	case o.Archive != "" && o.Format != tick.V2:
		return &store.OptionError{Name: "archive", Problem: "a database of storage engine V1 has no archive"}
	}
	if name := o.archiveOption(); name != "" && o.Archive == "" {
		return &store.OptionError{Name: name, Problem: "it is for archives: open a URL, or name one with the option archive"}
	}
	return nil
}

// archiveOption returns the name of an option of archives that is set, or "".
func (o *Options) archiveOption() string {
	switch {
	case o.Cache != "":
		return "cache"
	case o.CacheSize != 0:
		return "cache_size"
	case o.Timeout != 0:
		return "timeout"
	case o.RequestTimeout != 0:
		return "request_timeout"
	case o.Revision != 0:
		return "revision"
	case !o.AsOf.IsZero():
		return "as_of"
	}
	return ""
}

// Redacted returns a text that may be a URL without the user and password in it.
func Redacted(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	authority, path, slash := strings.Cut(rest, "/")
	if i := strings.LastIndex(authority, "@"); i >= 0 {
		authority = authority[i+1:]
	}
	if slash {
		path = "/" + path
	}
	return scheme + "://" + authority + path
}
