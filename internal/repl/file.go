package repl

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func (r *REPL) loadCommand(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: .load FILE")
	}
	chunk, err := r.State.LoadFile(args[0])
	if err == nil {
		_, err = r.call(chunk)
	}
	return err
}

func (r *REPL) saveCommand(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: .save FILE")
	}
	if err := os.WriteFile(args[0], []byte(strings.Join(r.chunks, "\n")+"\n"), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(r.w, "%d chunks in %s\n", len(r.chunks), args[0])
	return nil
}

// editCommand opens the last Lua chunk in an editor program, then runs what that
// leaves.
func (r *REPL) editCommand([]string) error {
	last := ""
	if n := len(r.chunks); n > 0 {
		last = r.chunks[n-1] + "\n"
	}
	text, err := r.editText(last)
	if err != nil || strings.TrimSpace(text) == "" {
		return err
	}
	fmt.Fprintln(r.w, r.highlighted(strings.TrimRight(text, "\n")))
	return r.chunk(text)
}

// editText returns text as the user's editor program leaves it.
func (r *REPL) editText(text string) (string, error) {
	f, err := os.CreateTemp("", "microts-*.lua")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	program := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), "vi")
	_ = r.Out.Flush()
	defer r.lend()()
	cmd := exec.Command("sh", "-c", program+` "$1"`, "sh", f.Name())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w", program, err)
	}
	edited, err := os.ReadFile(f.Name())
	return string(edited), err
}
