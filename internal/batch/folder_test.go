package batch

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestCreateSucceedsOnce: of many batches that begin in one new run folder at once,
// one gets it, and the plan that stands there is its own.
func TestCreateSucceedsOnce(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": "", "b.lua": ""})
	plans := []*Plan{plan(t, &Spec{}, dir, "a.lua"), plan(t, &Spec{}, dir, "b.lua")}
	for range 50 {
		path := filepath.Join(t.TempDir(), "run")
		var (
			mu     sync.Mutex
			opened []*Folder
			wait   sync.WaitGroup
		)
		for i := range 4 {
			wait.Go(func() {
				f, err := Create(path, plans[i%len(plans)])
				if err != nil {
					if s := err.Error(); !strings.Contains(s, "another process runs this batch") && !strings.Contains(s, "holds a run already") {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				opened = append(opened, f)
				mu.Unlock()
			})
		}
		wait.Wait()
		if len(opened) != 1 {
			t.Fatalf("%d of 4 got the run folder", len(opened))
		}
		written, err := readPlan(path)
		if err != nil || names(written)[0] != names(opened[0].Plan)[0] {
			t.Fatalf("the run folder holds the plan of %v, not of %v; %v", names(written), names(opened[0].Plan), err)
		}
		if err := opened[0].Close(); err != nil {
			t.Fatal(err)
		}
	}
}
