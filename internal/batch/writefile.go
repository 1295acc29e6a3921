package batch

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// newFile is a file that is being written. It gets its name when it is complete, so
// that there is the old file or the new one, never a part.
type newFile struct {
	*bufio.Writer
	file *os.File
	path string
	done bool
}

// createFile begins a file that is to have the name path. The caller must call abort
// at last, whether or not it called commit.
func createFile(path string) (*newFile, error) {
	f, err := os.CreateTemp(filepath.Dir(path), unfinishedPrefix(filepath.Base(path)))
	if err != nil {
		return nil, err
	}
	return &newFile{Writer: bufio.NewWriterSize(f, 1<<16), file: f, path: path}, nil
}

// commit ends the file and gives it its name. The file survives a power failure.
func (f *newFile) commit() error {
	steps := []func() error{
		f.Flush,
		func() error { return f.file.Chmod(0o644) },
		f.file.Sync,
		f.file.Close,
		func() error { return os.Rename(f.file.Name(), f.path) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	f.done = true
	return nil
}

// abort removes the file, unless commit succeeded.
func (f *newFile) abort() {
	if !f.done {
		f.file.Close() // fails if it is closed already
		os.Remove(f.file.Name())
	}
}

// writeFile writes a file atomically: after a failure the file is what it was.
func writeFile(path string, text []byte) error {
	return writeStream(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// writeStream is writeFile for a text that write writes in parts.
func writeStream(path string, write func(w io.Writer) error) error {
	f, err := createFile(path)
	if err != nil {
		return err
	}
	defer f.abort()
	if err := write(f); err != nil {
		return err
	}
	return f.commit()
}

// removeUnfinished removes what processes that were killed left of files that createFile
// began in a folder.
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
