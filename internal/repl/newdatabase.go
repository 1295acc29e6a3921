package repl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"microts/internal/source"
	"microts/internal/suggest"
)

// isNew says whether opening a path makes a new database: nothing is there, or an empty
// folder.
func isNew(path string) bool {
	if source.IsURL(path) {
		return false
	}
	entries, err := os.ReadDir(path)
	return errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0
}

// isDatabase says whether a folder holds a database.
func isDatabase(path string) bool {
	_, err := os.Stat(filepath.Join(path, "CURRENT"))
	return err == nil
}

// nearDatabase returns the path of a database that is most like path, or "": each part of
// the path that does not exist is replaced by a near name beside it. Below a database no
// database is looked for.
func nearDatabase(path string) string {
	volume, parts := ".", strings.Split(filepath.ToSlash(filepath.Clean(path)), "/")
	if filepath.IsAbs(path) {
		volume = "/"
	}
	near := volume
	for i, part := range parts {
		last := i == len(parts)-1
		next := filepath.Join(near, part)
		if _, err := os.Stat(next); err != nil || last && !isDatabase(next) {
			next = nearFolder(near, part, last)
		}
		if next == "" {
			return ""
		}
		near = next
	}
	if !isDatabase(near) {
		return ""
	}
	return near
}

// nearFolder returns the folder below dir whose name is most like name, or "". If
// databases is set, it is one that holds a database.
func nearFolder(dir, name string, databases bool) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		at := filepath.Join(dir, e.Name())
		if info, err := os.Stat(at); err == nil && info.IsDir() && (!databases || isDatabase(at)) {
			names = append(names, e.Name())
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == name })
	near := suggest.Nearest(name, names)
	if near == "" {
		return ""
	}
	return filepath.Join(dir, near)
}

// confirmNew asks whether to make a new database although there is one with a near name,
// whose path is near. If not, it returns an error.
func (r *REPL) confirmNew(path, near string) error {
	// The terminal is in raw mode before it shows the question: Ctrl-C is an answer.
	before, err := term.MakeRaw(int(os.Stdin.Fd()))
	lineEnd := "\n"
	if err == nil {
		lineEnd = "\r\n"
	}
	fmt.Fprintf(r.w, "There is no database %s. Did you mean %s?%sMake a new database %s? [y/N] ", path, near, lineEnd, path)
	_ = r.Out.Flush()
	answer := "n"
	if err == nil {
		if key := readKey(); key == "y" || key == "Y" {
			answer = "y"
		}
		_ = term.Restore(int(os.Stdin.Fd()), before)
	}
	fmt.Fprintln(r.w, answer)
	if answer != "y" {
		return fmt.Errorf("no database %s; did you mean %s?", path, near)
	}
	return nil
}

// openForScript opens a database for a script. On a terminal it says that it is a new one, since
// its path may be a mistake.
func (r *REPL) openForScript(ctx context.Context, path string, o *source.Options) (*source.Source, error) {
	makes, near := r.Terminal && !r.opening && isNew(path), ""
	if makes {
		near = nearDatabase(path)
	}
	db, err := r.State.Env().Open(ctx, path, o)
	if err == nil && makes && !db.ReadOnly() {
		fmt.Fprintln(r.w, r.dim("("+described(path, true, near)+")"))
	}
	return db, err
}

// described says which database was opened.
func described(path string, isNew bool, near string) string {
	switch {
	case isNew && near != "":
		return fmt.Sprintf("%s, a new database; did you mean %s?", path, near)
	case isNew:
		return path + ", a new database"
	}
	return path
}
