package main

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// programFiles are Lua programs that need no database. Each prints a result, which must be
// the same on all engines.
//
//go:embed lua/programs/*.lua
var programFiles embed.FS

// strategies are the programs that do what strategies do.
var strategies = []string{"indicators", "rolling", "orderbook", "callback"}

// program is the user CPU time in seconds of one program on each engine.
type program struct {
	Name    string             `json:"name"`
	Seconds map[string][]value `json:"seconds"` // by engine
}

// of returns how long the program takes on microts as a part of what it takes on another
// engine.
func (p *program) of(engine string) float64 {
	return float64(median(p.Seconds["microts"]) / median(p.Seconds[engine]))
}

// engine is a program that runs Lua.
type engine struct {
	name    string
	command []string
}

// peers are the engines that microts is compared with.
var peers = []engine{
	{"luajit", []string{"luajit"}},
	{"luajit -joff", []string{"luajit", "-joff"}},
	{"lua5.1", []string{"lua5.1"}},
}

// measurePrograms measures each program once on each engine.
func (b *bench) measurePrograms() error {
	files, err := fs.Glob(programFiles, "lua/programs/*.lua")
	if err != nil {
		return err
	}
	for i, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".lua")
		if len(b.programs) <= i {
			b.programs = append(b.programs, &program{name, map[string][]value{}})
		}
		if err := b.measureProgram(b.programs[i], file); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (b *bench) measureProgram(p *program, file string) error {
	source, err := programFiles.ReadFile(file)
	if err != nil {
		return err
	}
	script := filepath.Join(b.dir, path.Base(file))
	if err := os.WriteFile(script, source, 0o644); err != nil {
		return err
	}
	result := ""
	for _, e := range append(slices.Clone(peers), engine{"microts", []string{b.microts}}) {
		cmd := exec.Command(e.command[0], append(e.command[1:], script)...)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		if result == "" {
			result = string(out)
		}
		if string(out) != result {
			return fmt.Errorf("%s prints %q, %s prints %q", e.name, out, peers[0].name, result)
		}
		p.Seconds[e.name] = append(p.Seconds[e.name], value(cmd.ProcessState.UserTime().Seconds()))
	}
	return nil
}

// printPrograms prints the programs as Markdown.
func printPrograms(w io.Writer, programs []*program) {
	fmt.Fprintf(w, "\nUser CPU time of Lua programs without a database (bench/lua/programs)\n\n")
	fmt.Fprintln(w, "| program | luajit | luajit -joff | lua5.1 | microts | of lua5.1 |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	for _, p := range programs {
		name := p.Name
		if slices.Contains(strategies, p.Name) {
			name += " (strategy)"
		}
		fmt.Fprintf(w, "| %s |", name)
		for _, engine := range []string{"luajit", "luajit -joff", "lua5.1", "microts"} {
			fmt.Fprintf(w, " %s |", format(median(p.Seconds[engine]), "s"))
		}
		fmt.Fprintf(w, " %.2f |\n", p.of("lua5.1"))
	}
	fmt.Fprintln(w)
	for _, e := range peers {
		all, strategy := means(programs, e.name)
		fmt.Fprintf(w, "- of %s's time, geometric mean: %.2f; strategies %.2f\n", e.name, all, strategy)
	}
}

// means returns the geometric means of the parts of an engine's time that microts takes: of
// all programs, and of the strategies.
func means(programs []*program, engine string) (all, strategy float64) {
	sum, part, n := 0.0, 0.0, 0
	for _, p := range programs {
		log := math.Log(p.of(engine))
		sum += log
		if slices.Contains(strategies, p.Name) {
			part += log
			n++
		}
	}
	return math.Exp(sum / float64(len(programs))), math.Exp(part / float64(n))
}
