package objects

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// folder is a Store in a folder, which machines may share by NFS, Lustre or CephFS: an
// object is a file. Files are written under a temporary name, synced, and then renamed,
// or linked where there must be none yet: link(2) is create-only on all of these.
type folder struct {
	url, path string
	o         Options
}

func openFolder(ctx context.Context, a *address, o Options) (Store, error) {
	f := &folder{url: a.url, path: a.folder, o: o}
	_, err := within(ctx, f, operation{name: "open"}, func() (struct{}, error) {
		if o.Create {
			if err := makeFolders(f.path); err != nil {
				return struct{}{}, err
			}
		}
		if err := f.root(); err != nil {
			return struct{}{}, err
		}
		path, err := filepath.EvalSymlinks(f.path) // walks do not follow links
		if err == nil {
			f.path = path
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// root returns an error if the folder is not there.
func (f *folder) root() error {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.IsDir():
		return &NoStoreError{URL: f.url, What: "folder"}
	}
	return err
}

// makeFolders makes a folder and those above it that are missing, and syncs the ones
// that they are in.
func makeFolders(dir string) error {
	err := os.Mkdir(dir, 0o777)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFolders(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o777)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil // if it is no folder, the next step says so
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// within calls do and waits for it until the deadline: a file system whose server is
// gone keeps a process waiting for ever. do may then go on, and is to touch nothing that
// the caller goes on to use.
func within[T any](ctx context.Context, f *folder, op operation, do func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, f.o.Timeout+time.Duration(op.size>>20)*time.Second)
	defer cancel()
	var none T
	if err := ctx.Err(); err != nil {
		return none, f.ended(op, err, 0)
	}
	begun := time.Now()
	done := make(chan outcome, 1)
	go func() {
		value, err := do()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, f.explain(op, o.err)
	case <-ctx.Done():
		return none, f.ended(op, ctx.Err(), time.Since(begun))
	}
}

// ended returns the error of an operation that the end of its context ended.
func (f *folder) ended(op operation, err error, took time.Duration) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %s: %w", f.url, op.name, err)
	}
	return &UnreachableError{URL: f.url, Op: op.name, Attempts: 1, Took: took, Unknown: op.change && took > 0, Err: err}
}

// explain returns an error of the file system as what it means.
func (f *folder) explain(op operation, err error) error {
	var number syscall.Errno
	switch {
	case err == nil, decided(err):
		return err
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return &AccessError{URL: f.url, Op: op.name, Hint: "check the owner and the mode of the folder", Err: err}
	case errors.As(err, &number):
		switch number {
		case syscall.EIO, syscall.ESTALE, syscall.ETIMEDOUT, syscall.ENOTCONN, syscall.EREMOTEIO, syscall.ECOMM, syscall.EHOSTDOWN:
			return &UnreachableError{URL: f.url, Op: op.name, Attempts: 1, Unknown: op.change, Err: err}
		}
	}
	return fmt.Errorf("%s: %s: %w", f.url, op.name, err)
}

// missing returns the error of a file that does not exist: that of the object, unless
// the whole folder is gone.
func (f *folder) missing(key string) error {
	if err := f.root(); err != nil {
		return err
	}
	return &NotFoundError{URL: f.url, Key: key}
}

func (f *folder) file(key string) string { return filepath.Join(f.path, filepath.FromSlash(key)) }

func (f *folder) URL() string { return f.url }

func (f *folder) Close() {}

func (f *folder) Get(ctx context.Context, key string, off, n int64) ([]byte, error) {
	if err := checkKey(key); err != nil || n == 0 {
		return nil, err
	}
	return within(ctx, f, operation{name: "get " + key, size: max(n, 0)}, func() ([]byte, error) { return f.get(key, off, n) })
}

func (f *folder) get(key string, off, n int64) ([]byte, error) {
	file, size, err := f.open(key)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if n < 0 && off == 0 {
		n = size
	} else if n < 0 {
		n = max(size-off, 1) // an empty range behind the end is an error, as on S3
	}
	if size < off+n {
		return nil, &ShortError{URL: f.url, Key: key, Want: off + n, Size: size}
	}
	data := make([]byte, n)
	if _, err := file.ReadAt(data, off); err != nil {
		return nil, err
	}
	return data, nil
}

// open opens the file of an object.
func (f *folder) open(key string) (*os.File, int64, error) {
	file, err := os.Open(f.file(key))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, 0, f.missing(key)
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = f.missing(key)
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

func (f *folder) Stat(ctx context.Context, key string) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	return within(ctx, f, operation{name: "stat " + key}, func() (int64, error) {
		file, size, err := f.open(key)
		if err != nil {
			return 0, err
		}
		return size, file.Close()
	})
}

func (f *folder) Put(ctx context.Context, key string, r io.ReaderAt, size int64, sum [32]byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := within(ctx, f, operation{name: "put " + key, size: size, change: true}, func() (struct{}, error) {
		return struct{}{}, f.put(ctx, key, io.NewSectionReader(r, 0, size), size, sum)
	})
	return err
}

func (f *folder) put(ctx context.Context, key string, r io.Reader, size int64, sum [32]byte) error {
	temporary, err := f.write(ctx, key, r, size, sum)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, f.file(key)); err != nil {
		os.Remove(temporary)
		return err
	}
	return syncFolder(filepath.Dir(f.file(key)))
}

// temporaryPrefix begins the names of files that are being written.
const temporaryPrefix = ".tmp-"

func isTemporary(name string) bool { return strings.HasPrefix(name, temporaryPrefix) }

// write writes and syncs a temporary file beside the file of key, and checks its sum.
func (f *folder) write(ctx context.Context, key string, r io.Reader, size int64, sum [32]byte) (name string, err error) {
	if err := f.root(); err != nil {
		return "", err // and no folder is made where none is mounted
	}
	dir := filepath.Dir(f.file(key))
	if err := makeFolders(dir); err != nil {
		return "", err
	}
	name = filepath.Join(dir, temporaryPrefix+rand.Text())
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			os.Remove(name)
		}
	}()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, hash), &endingReader{ctx, r})
	switch {
	case err != nil:
		return "", err
	case n != size:
		return "", fmt.Errorf("%d bytes were to be written, and there are %d", size, n)
	case !bytes.Equal(hash.Sum(nil), sum[:]):
		return "", errors.New("the bytes are not those of the checksum")
	}
	return name, file.Sync()
}

// endingReader ends with its context.
type endingReader struct {
	ctx context.Context
	r   io.Reader
}

func (e *endingReader) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

func (f *folder) Create(ctx context.Context, key string, data []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := within(ctx, f, operation{name: "create " + key, size: int64(len(data)), change: true}, func() (struct{}, error) {
		return struct{}{}, f.create(ctx, key, data)
	})
	return err
}

func (f *folder) create(ctx context.Context, key string, data []byte) error {
	temporary, err := f.write(ctx, key, bytes.NewReader(data), int64(len(data)), sha256.Sum256(data))
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	switch err := os.Link(temporary, f.file(key)); {
	case errors.Is(err, fs.ErrExist):
		// NFS may say so of the link that it has just made, if the answer was lost.
		found, err := f.get(key, 0, -1)
		if err != nil {
			return err
		}
		if !bytes.Equal(found, data) {
			return &ExistsError{URL: f.url, Key: key, Found: found}
		}
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EXDEV):
		return &CreateOnlyError{URL: f.url, Reason: fmt.Sprintf("its file system has no links, by which files are created only (%v)", err)}
	case err != nil:
		return err
	}
	return syncFolder(filepath.Dir(f.file(key)))
}

func (f *folder) List(ctx context.Context, prefix string, each func(Object) error) error {
	all, err := within(ctx, f, operation{name: "list " + prefix}, func() ([]Object, error) { return f.list(ctx, prefix) })
	if err != nil {
		return err
	}
	for _, o := range all {
		if err := each(o); err != nil {
			return err
		}
	}
	return nil
}

// list returns the objects whose keys begin with prefix, by key.
func (f *folder) list(ctx context.Context, prefix string) (all []Object, err error) {
	err = f.walk(ctx, prefix, func(key string, e fs.DirEntry) error {
		if isTemporary(e.Name()) {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted meanwhile
		}
		if err == nil {
			all = append(all, Object{Key: key, Size: info.Size(), Modified: info.ModTime()})
		}
		return err
	})
	// Folders are walked by name, and "a-b" is before "a/b".
	slices.SortFunc(all, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	return all, err
}

// walk calls each with the files whose keys begin with prefix.
func (f *folder) walk(ctx context.Context, prefix string, each func(key string, e fs.DirEntry) error) error {
	if err := f.root(); err != nil {
		return err
	}
	top := f.path
	if dir := path.Dir(prefix + "x"); dir != "." {
		if err := checkKey(dir); err != nil {
			return err
		}
		top = f.file(dir)
	}
	return filepath.WalkDir(top, func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		rel, err := filepath.Rel(f.path, name)
		if err != nil {
			return err
		}
		key := filepath.ToSlash(rel)
		if e.IsDir() {
			if !strings.HasPrefix(key+"/", prefix) && !strings.HasPrefix(prefix, key+"/") && key != "." {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasPrefix(key, prefix) || !e.Type().IsRegular() {
			return nil
		}
		return each(key, e)
	})
}

func (f *folder) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := within(ctx, f, operation{name: "delete " + key, change: true}, func() (struct{}, error) {
		err := os.Remove(f.file(key))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return struct{}{}, f.root()
		}
		return struct{}{}, err
	})
	return err
}

// Now returns the time that a new file gets: on a network, the server's.
func (f *folder) Now(ctx context.Context) (time.Time, error) {
	return within(ctx, f, operation{name: "read the clock"}, func() (time.Time, error) {
		if err := f.root(); err != nil {
			return time.Time{}, err
		}
		name := filepath.Join(f.path, temporaryPrefix+rand.Text())
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			return time.Time{}, err
		}
		defer os.Remove(name)
		info, err := os.Stat(name)
		if err != nil {
			return time.Time{}, err
		}
		return info.ModTime(), nil
	})
}

func (f *folder) Sweep(ctx context.Context, before time.Time) (int, error) {
	n, err := sweepScratch(ctx, f, before)
	if err != nil {
		return n, err
	}
	swept, err := within(ctx, f, operation{name: "sweep", change: true}, func() (int, error) { return f.sweepTemporary(ctx, before) })
	return n + swept, err
}

func (f *folder) sweepTemporary(ctx context.Context, before time.Time) (n int, err error) {
	err = f.walk(ctx, "", func(key string, e fs.DirEntry) error {
		if !isTemporary(e.Name()) {
			return nil
		}
		info, err := e.Info()
		if err == nil && info.ModTime().Before(before) {
			n++
			err = os.Remove(f.file(key))
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return n, err
}
