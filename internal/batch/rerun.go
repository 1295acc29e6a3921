package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

// rerunCheck decides which jobs are run again: jobs that are not done, and jobs
// whose script, required files or prerequisites changed.
type rerunCheck struct {
	folder *Folder
	known  map[int]bool      // by ID: the decisions
	sums   map[string]string // by path: those that sum returned
}

// needed says whether the job with this ID must be run.
func (r *rerunCheck) needed(id int) bool {
	if again, known := r.known[id]; known {
		return again
	}
	j := r.folder.jobs[id]
	again := j.status != Done || j.last.Hash != j.Hash || r.filesChanged(j.last.Files)
	for _, needed := range j.Needs {
		again = r.needed(needed) || again
	}
	r.known[id] = again
	return again
}

// filesChanged says whether one of the files, path to SHA-256, changed.
func (r *rerunCheck) filesChanged(files map[string]string) bool {
	for path, sum := range files {
		if r.sum(path) != sum {
			return true
		}
	}
	return false
}

// sum returns the SHA-256 of a file in hexadecimal. It returns "" for a file that
// cannot be read, and for a device or pipe, which may never end.
//
// It does not ask host.Chunks, which would keep the Lua chunk of every file of data
// that the jobs loaded.
func (r *rerunCheck) sum(path string) string {
	sum, known := r.sums[path]
	if !known {
		sum = fileSum(path)
		r.sums[path] = sum
	}
	return sum
}

func fileSum(path string) string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return ""
	}
	return hex.EncodeToString(hash.Sum(nil))
}
