package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"microts/internal/batch"
	"microts/internal/cli"
	"microts/internal/importer"
)

// asMicrots, in the environment, makes the test's binary run as microts.
const asMicrots = "DOCGEN_TEST_AS_MICROTS"

func TestMain(m *testing.M) {
	if os.Getenv(asMicrots) != "" {
		os.Exit(cli.Main(os.Args))
	}
	os.Exit(m.Run())
}

// microts runs microts and returns what it prints.
func microts(t *testing.T, args ...string) (printed string, err error) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), asMicrots+"=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var example = regexp.MustCompile("(?ms)^```(lua|toml)\n(.*?)^```$")

// TestExamplesRun runs the Lua of each page, in order and in one folder, and reads
// the descriptions of batches and imports. Lua that uses the global job runs in a batch.
func TestExamplesRun(t *testing.T) {
	if testing.Short() {
		t.Skip("the long form runs what the documents show")
	}
	pages, texts := readPages(t)
	for _, p := range pages {
		name, err := filepath.Rel(root, p.path)
		if err != nil {
			t.Fatal(err)
		}
		examples := example.FindAllStringSubmatch(texts[p.path], -1)
		if len(examples) == 0 || slices.Contains(tutorials, filepath.ToSlash(name)) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for i, e := range examples {
				language, text := e[1], e[2]
				path := "example" + strconv.Itoa(i+1) + "." + language
				writeFile(t, path, text)
				runExample(t, path, text)
			}
		})
	}
}

func runExample(t *testing.T, path, text string) {
	t.Helper()
	var printed string
	var err error
	switch {
	case filepath.Ext(path) == ".toml" && strings.HasPrefix(text, "files"):
		_, err = importer.ReadConfig(path)
	case filepath.Ext(path) == ".toml":
		_, err = batch.ReadSpec(path)
	case strings.Contains(text, "job."):
		writeFile(t, "load.lua", `job.db:put("S", 1, 1, 0, "")`) // which the example may need
		printed, err = microts(t, "batch", "load.lua", path, "--db", "jobs", "--param", "market=S", "--param", "code=1")
	default:
		printed, err = microts(t, path)
	}
	if err != nil {
		t.Errorf("%v\n%s\n%s", err, printed, text)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
