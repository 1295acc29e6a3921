package batch

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// writeFile writes a file atomically: after a failure the file is what it was.
func writeFile(path string, text []byte) error {
	return writeStream(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// removeUnfinished removes what processes that were killed left of files that writeFile
// was to write in a folder.
func removeUnfinished(folder string, names ...string) {
	entries, _ := os.ReadDir(folder) // what the next write says too
	for _, e := range entries {
		for _, name := range names {
			if strings.HasPrefix(e.Name(), unfinishedPrefix(name)) {
				_ = os.Remove(filepath.Join(folder, e.Name()))
			}
		}
	}
}

// unfinishedPrefix begins the name of a file that is to become the file name.
func unfinishedPrefix(name string) string { return "." + name + "-" }

// writeStream is writeFile for a text that write writes in parts.
func writeStream(path string, write func(w io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), unfinishedPrefix(filepath.Base(path)))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	steps := []func() error{
		func() error { return write(w) },
		w.Flush,
		func() error { return f.Chmod(0o644) },
		f.Sync,
		f.Close,
		func() error { return os.Rename(f.Name(), path) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			f.Close() // fails if it is closed already
			os.Remove(f.Name())
			return err
		}
	}
	return nil
}
