package batch

import (
	"os"
	"path/filepath"
	"testing"
)

// TestUnfinishedFilesAreRemoved removes what a killed process left of its reports.
func TestUnfinishedFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".report.json-1234", ".results.csv-5", ".mine-1", "report.json", ".report.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	removeUnfinished(dir, ReportFile, CSVFile)
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 || left[0].Name() != ".mine-1" || left[1].Name() != ".report.json" || left[2].Name() != "report.json" {
		t.Errorf("left are %v, %v", left, err)
	}
}
