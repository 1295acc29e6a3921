package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Merge joins the runs of the shards of one batch in a new folder. Missing are the
// shards that are not among them.
func Merge(path string, runs []string) (f *Folder, missing []Shard, err error) {
	var whole *Plan
	have := map[int]string{}
	for _, run := range runs {
		p, err := readPlan(run)
		if err != nil {
			return nil, nil, err
		}
		switch other := have[p.Shard.Index]; {
		case whole == nil:
			copied := *p
			copied.Jobs = nil
			whole = &copied
		case p.Whole != whole.Whole || p.Shard.Count != whole.Shard.Count:
			return nil, nil, fmt.Errorf("%s and %s are not of one batch: their jobs differ", runs[0], run)
		case other != "":
			return nil, nil, fmt.Errorf("%s and %s are both shard %v", other, run, p.Shard)
		}
		have[p.Shard.Index] = run
		whole.Jobs = append(whole.Jobs, p.Jobs...)
		if p.Created.Before(whole.Created) {
			whole.Created = p.Created
		}
	}
	for i := 1; i <= whole.Shard.Count; i++ {
		if have[i] == "" {
			missing = append(missing, Shard{i, whole.Shard.Count})
		}
	}
	whole.Shard = Whole
	slices.SortFunc(whole.Jobs, func(a, b *Job) int { return a.ID - b.ID })
	if f, err = Create(path, whole); err != nil {
		return nil, nil, err
	}
	for _, run := range runs {
		if err := f.take(run); err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
	}
	return f, missing, nil
}

// take adds the journal, the logs and the files of another run.
func (f *Folder) take(run string) error {
	journal, err := os.Open(filepath.Join(run, journalFile))
	if err != nil {
		return err
	}
	defer journal.Close()
	_, err = readJournal(journal, journal.Name(), func(r *Record, _, _ int64) error { return f.record(r) })
	if err != nil {
		return err
	}
	for _, dir := range []string{logsDir, filesDir} {
		if err := copyFiles(filepath.Join(run, dir), filepath.Join(f.Path, dir)); err != nil {
			return err
		}
	}
	return nil
}

// copyFiles copies the files of a folder and of those in it. Two files of one name
// are an error unless they are equal.
func copyFiles(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if had, err := os.ReadFile(target); err == nil {
			if string(had) == string(text) {
				return nil
			}
			return fmt.Errorf("%s and a file of another shard have the same name and differ", path)
		}
		return writeFile(target, text)
	})
}
