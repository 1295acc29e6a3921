package batch

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
)

// writeFile writes a file atomically: after a failure the file is what it was.
func writeFile(path string, text []byte) error {
	return writeStream(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// writeStream is writeFile for a text that write writes in parts.
func writeStream(path string, write func(w io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
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
