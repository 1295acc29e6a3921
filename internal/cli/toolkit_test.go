package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestToolkitExamples runs the examples of frames on the data that they make.
func TestToolkitExamples(t *testing.T) {
	root, dir := projectRoot(t), t.TempDir()
	for _, c := range []struct {
		script string
		want   []string // parts of what it prints
	}{
		{"quotes.lua", []string{"ts_quote", "side  trades", "3 rows x 7 columns", "best_ask"}},
		{"imbalance.lua", []string{"imbalance   next_ret", "buyers  minutes", "correlation of imbalance and next return: "}},
		{"pairs.lua", []string{"close_b", "of 60 minutes are more than 2 standard deviations off"}},
	} {
		out, code := inFolder(t, dir, filepath.Join(root, "examples", "toolkit", c.script), "db")
		if code != 0 {
			t.Errorf("%s: exit code %d\n%s", c.script, code, out)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s prints no %q:\n%s", c.script, want, out)
			}
		}
	}
}
