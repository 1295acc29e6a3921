package batch

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"microts/internal/archive"
)

// Merge makes a run folder at path from the run folders of the shards of one batch.
// missing are the shards of the batch that are not among them. The caller closes f.
func Merge(path string, shards []string) (f *Folder, missing []Shard, err error) {
	plan, missing, err := mergePlans(shards)
	if err != nil {
		return nil, nil, err
	}
	if f, err = Create(path, plan); err != nil {
		return nil, nil, err
	}
	for _, shard := range shards {
		if err := f.merge(shard); err != nil {
			return nil, nil, errors.Join(err, f.Close())
		}
	}
	return f, missing, nil
}

// mergePlans joins the plans of shards, and lists the shards that are missing.
func mergePlans(shards []string) (whole *Plan, missing []Shard, err error) {
	folders := map[int]string{} // by Shard.Index
	for _, folder := range shards {
		p, err := readPlan(folder)
		if err != nil {
			return nil, nil, err
		}
		switch other := folders[p.Shard.Index]; {
		case whole == nil:
			first := *p
			first.Jobs = nil
			whole = &first
		case p.Whole != whole.Whole || p.Shard.Count != whole.Shard.Count:
			return nil, nil, fmt.Errorf("%s and %s are not of one batch: their jobs differ", shards[0], folder)
		case other != "":
			return nil, nil, fmt.Errorf("%s and %s are both shard %v", other, folder, p.Shard)
		}
		if err := whole.joinPins(p); err != nil {
			return nil, nil, fmt.Errorf("%s and %s read different ticks: %w", shards[0], folder, err)
		}
		folders[p.Shard.Index] = folder
		whole.Jobs = append(whole.Jobs, p.Jobs...)
		if p.Created.Before(whole.Created) {
			whole.Created = p.Created
		}
	}
	for i := 1; i <= whole.Shard.Count; i++ {
		if folders[i] == "" {
			missing = append(missing, Shard{i, whole.Shard.Count})
		}
	}
	whole.Shard = Whole
	slices.SortFunc(whole.Jobs, func(a, b *Job) int { return a.ID - b.ID })
	return whole, missing, nil
}

// joinPins adds the pins of another shard. A day that both have must be of one revision: the
// plans of shards are made at different times, and days may have been sealed meanwhile.
func (p *Plan) joinPins(other *Plan) error {
	if other.Options.Pins == nil {
		return nil
	}
	joined := archive.Pins{}
	maps.Copy(joined, p.Options.Pins)
	for day, pin := range other.Options.Pins {
		if had, ok := joined[day]; ok && had != pin {
			return fmt.Errorf("revisions %d and %d of %s; --as-of gives all shards the same", had.Revision, pin.Revision, day)
		}
		joined[day] = pin
	}
	p.Options.Pins = joined
	return nil
}

// merge adds the journal, the logs and the files of another run folder.
func (f *Folder) merge(other string) error {
	journal, err := os.Open(filepath.Join(other, journalFile))
	if err != nil {
		return err
	}
	defer journal.Close()
	rows, err := os.Open(filepath.Join(other, rowsFile))
	if err != nil {
		return err
	}
	defer rows.Close()
	_, err = readJournal(journal, journal.Name(), func(e *Event) error {
		if e.Outcome != nil && e.Result != nil {
			var err error
			if e.Result.block, err = readBlock(rows, e.Result); err != nil {
				return err
			}
		}
		return f.record(e)
	})
	if err != nil {
		return err
	}
	for _, dir := range []string{logsDir, filesDir} {
		if err := copyFiles(filepath.Join(other, dir), filepath.Join(f.Path, dir)); err != nil {
			return err
		}
	}
	return nil
}

// copyFiles copies the regular files of a folder and its subfolders. If a file with
// the same name and other contents is there, copyFiles fails.
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
