package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestForeignFilesWithNamesOfRocksDBAreNeverDeleted: by their numbers, RocksDB may have
// made them.
func TestForeignFilesWithNamesOfRocksDBAreNeverDeleted(t *testing.T) {
	whole, other := loadedDB(t), loadedDB(t)
	tables, err := filepath.Glob(filepath.Join(other, "*"+tableSuffix))
	if err != nil || len(tables) == 0 {
		t.Fatal(tables, err)
	}
	table, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	optionFiles, err := filepath.Glob(filepath.Join(whole, "OPTIONS-*"))
	if err != nil || len(optionFiles) == 0 {
		t.Fatal(optionFiles, err)
	}
	options, err := os.ReadFile(optionFiles[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"000001.log":               "my notes",
		"000900.log":               "my notes",
		"000900.log ":              "", // no name of RocksDB
		"7.log":                    "",
		"000002.sst":               "my notes, which are text",
		"000003.sst":               string(table), // of another database
		"000007.blob":              "mine",
		"000008.ldb":               "mine",
		"000009.dbtmp":             "mine",
		"x.dbtmp":                  "mine", // no name of RocksDB
		"MANIFEST-000001":          "a list",
		"OPTIONS-000001":           "junk",
		"OPTIONS-000001.bak":       string(options),
		"LOGBOOK.txt":              "mine",
		"archive-000001.log":       "mine",
		"99999999999999999999.log": "mine", // no name of RocksDB
	} {
		path := copyDB(t, whole)
		file := filepath.Join(path, name)
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		e := NewEnv()
		_, err := e.Open(path, nil)
		ignored := strings.HasSuffix(name, " ") || name == "x.dbtmp" || strings.HasPrefix(name, "9999")
		if f := (*FormatError)(nil); !ignored && (!errors.As(err, &f) || !strings.Contains(err.Error(), name)) {
			t.Errorf("%s: %v", name, err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(file); string(text) != content {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
}

// TestFilesThatRocksDBLeftAreNoObstacle opens a database with what killed processes leave.
func TestFilesThatRocksDBLeftAreNoObstacle(t *testing.T) {
	whole := loadedDB(t)
	tables, err := filepath.Glob(filepath.Join(whole, "*"+tableSuffix))
	if err != nil || len(tables) == 0 {
		t.Fatal(tables, err)
	}
	table, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	m, err := readManifest(whole)
	if err != nil {
		t.Fatal(err)
	}
	log, _ := someWAL(t, 5, 0)
	for name, content := range map[string]string{
		"000001.log":      string(log),
		"000002.log":      "",
		"000900.sst":      string(table),
		"000901.sst":      "",
		"000902.sst":      string(table[:len(table)/2]),
		"MANIFEST-000001": string(m.edits),
		"MANIFEST-000900": string(m.edits[:30]),
		"000903.dbtmp":    "MANIFEST-000900\n",
		"000000.dbtmp":    "0b9c1f57-0000-4bcc-8880-6ae711fc6082",
		"LOG.old.17":      "",
	} {
		path := copyDB(t, whole)
		if err := os.WriteFile(filepath.Join(path, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if !expectAllOrNothing(t, path, name) {
			t.Errorf("%s: the database does not open", name)
		}
	}
}
