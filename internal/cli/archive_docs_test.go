package cli

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"microts/internal/objects/objecttest"
)

// TestWorkedExampleOfTheArchive runs the commands and the script of docs/archive.md, from
// the files of a vendor to a batch that reads the archive from an S3 server.
func TestWorkedExampleOfTheArchive(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(projectRoot(t), "docs", "archive.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(page), "## From the file of a vendor to a batch\n")
	if !ok {
		t.Fatal("the page has no worked example")
	}
	url := objecttest.S3(t).URL("ticks")
	t.Chdir(t.TempDir())
	writeVendorFile(t, "vendor/20231114/600000.csv.gz")
	_, script, _ := strings.Cut(text, "`vwap.lua`:\n\n")
	script, _, _ = strings.Cut(script, "\n\n")
	if err := os.WriteFile("vwap.lua", []byte(script), 0o666); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[1]) {
			args := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(line, "s3://research/ticks", url), "'", ""))
			if args[0] != "microts" {
				t.Fatalf("the example has the line %q", line)
			}
			if args[1] == "batch" {
				args = append(args, "--run", "run")
			}
			mustRun(t, args[1:]...)
			n++
		}
	}
	if n != 6 {
		t.Errorf("the example has %d commands", n)
	}
	results, err := os.ReadFile("run/results.csv")
	if err != nil {
		t.Fatal(err)
	}
	if want := "job_id,market,code,date,vwap\n1,S,600000,2023-11-14,10.5\n"; string(results) != want {
		t.Errorf("the results are %q", results)
	}
}

// writeVendorFile writes 100 ticks of equal quantities, the mean of whose prices is 10.5.
func writeVendorFile(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := gzip.NewWriter(f)
	fmt.Fprintln(w, "code,date,time,price,qty")
	for i := range 100 {
		fmt.Fprintf(w, "600000.SH,2023-11-14,09:30:%02d.%d00,%d,200\n", i/10, i%10, 10+i%2)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
