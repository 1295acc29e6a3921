package peers

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// version is that of scripts/duckdb.sh.
const version = "1.5.6-r.1"

//go:embed query.mjs
var program string

// MissingError says that a program is not installed.
type MissingError struct{ What, Hint string }

// Error implements error.
func (e *MissingError) Error() string { return e.What + " is not installed: " + e.Hint }

// Table is what a query returned. Values are as JSON has them; those that JSON numbers do
// not hold are texts.
type Table struct {
	Names, Types []string
	Rows         [][]any
	Seconds      []float64 // that each statement took
}

// DuckDB runs SQL statements in a folder and returns what the last one did.
func DuckDB(ctx context.Context, folder, sql string) (*Table, error) {
	duck, err := duckFolder()
	if err != nil {
		return nil, err
	}
	// The program comes from a file, since the standard input has the SQL.
	file, err := os.CreateTemp("", "query-*.mjs")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	if _, err := file.WriteString(program); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", file.Name(), duck)
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(sql)
	out, err := output(cmd)
	if err != nil {
		return nil, err
	}
	var t Table
	if err := json.Unmarshal(out, &t); err != nil {
		return nil, fmt.Errorf("DuckDB's answer: %w", err)
	}
	return &t, nil
}

// duckFolder returns the folder of DuckDB.
func duckFolder() (string, error) {
	hint := "run scripts/duckdb.sh"
	cache := os.Getenv("XDG_CACHE_HOME")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		cache = filepath.Join(home, ".cache")
	}
	folder := filepath.Join(cache, "microts-tests", "duckdb-"+version)
	if _, err := os.Stat(folder); err != nil {
		return "", &MissingError{"DuckDB", hint}
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", &MissingError{"Node", hint}
	}
	return folder, nil
}

// Pandas runs a Python program, which may use pandas, in a folder, and returns what it
// prints.
func Pandas(ctx context.Context, folder, program string) (string, error) {
	const hint = "install python3-pandas"
	python, err := exec.LookPath("/usr/bin/python3") // Debian's, which has Debian's packages
	if err != nil {
		return "", &MissingError{"Python", hint}
	}
	if exec.CommandContext(ctx, python, "-c", "import importlib.util, sys; sys.exit(not importlib.util.find_spec('pandas'))").Run() != nil {
		return "", &MissingError{"pandas", hint}
	}
	cmd := exec.CommandContext(ctx, python, "-")
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(program)
	out, err := output(cmd)
	return string(out), err
}

// output runs a program; its error has what the program wrote on the standard error.
func output(cmd *exec.Cmd) ([]byte, error) {
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, complaint.String())
	}
	return out, nil
}

// Skip says whether a test may be skipped because of an error: a program is missing, and
// nothing says that it must be there.
func Skip(err error) bool {
	return errors.As(err, new(*MissingError)) && os.Getenv("CI") == ""
}
