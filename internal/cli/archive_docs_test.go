package cli

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

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

// manifestOf returns the Job whose spec stands on docs/archive.md in a language.
func manifestOf(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(projectRoot(t), page))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 1 || !strings.HasPrefix(blocks[0][1], "spec:\n") {
		t.Fatalf("%s: one spec in YAML expected, got %q", page, blocks)
	}
	return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: vwap}\n" + blocks[0][1]
}

var archivePages = []string{"docs/archive.md", "docs/zh/archive.md"}

// TestKubernetesManifestsOfTheDocuments has the API server's own code check them.
func TestKubernetesManifestsOfTheDocuments(t *testing.T) {
	validate := kubernetesValidator(t)
	for _, page := range archivePages {
		file := filepath.Join(t.TempDir(), "job.yaml")
		for from, to := range map[string]string{"": "", "restartPolicy: Never": "restartPolicy: Always", "envFrom:": "envForm:", "completions: 16": "completions: -1"} {
			text := manifestOf(t, page)
			changed := strings.Replace(text, from, to, 1)
			if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			if out := validate(file); (out == "") != (changed == text) || from != "" && changed == text {
				t.Errorf("%s with %q: %q", page, to, out)
			}
		}
	}
}

// TestPodOfTheDocuments runs the command of docs/archive.md as a pod does.
func TestPodOfTheDocuments(t *testing.T) {
	for _, page := range archivePages {
		var job struct {
			Spec struct {
				Template struct {
					Spec struct{ Containers []struct{ Command []string } }
				}
			}
		}
		if err := yaml.Unmarshal([]byte(manifestOf(t, page)), &job); err != nil {
			t.Fatal(err)
		}
		url := "file://" + t.TempDir()
		mustRun(t, "seal", "--db", newFilled(t, 5, 1), "--to", url, "--before", "2023-11-16")
		dir := scripts(t, map[string]string{"vwap.lua": `return {n = job.db:count(job.params.market, job.params.code)}`})
		command := job.Spec.Template.Spec.Containers[0].Command
		if command[0] != "microts" {
			t.Fatalf("%s: the command is %q", page, command)
		}
		run := filepath.Join(dir, "run")
		for i, arg := range command {
			command[i] = strings.NewReplacer("s3://research/ticks", url, "/batch/", dir+"/", "/runs/vwap", run).Replace(arg)
		}
		cmd := microts(command[1:]...)
		cmd.Env = append(os.Environ(), "JOB_COMPLETION_INDEX=3")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", page, err, out)
		}
		if r := readReport(t, run); r.Counts.Done != r.Counts.Jobs {
			t.Errorf("%s: %+v", page, r.Counts)
		}
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
