package main

import (
	"fmt"
	"os"
)

//go:generate go run . ../..

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: docgen ROOT")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}

// write brings the sections of all pages up to date.
func write(root string) error {
	pages, err := findPages(root)
	if err != nil {
		return err
	}
	for _, p := range pages {
		text, err := os.ReadFile(p.path)
		if err != nil {
			return err
		}
		rendered, err := p.render(string(text))
		if err != nil {
			return err
		}
		if rendered == string(text) {
			continue
		}
		if err := os.WriteFile(p.path, []byte(rendered), 0o644); err != nil {
			return err
		}
		fmt.Println(p.path)
	}
	return nil
}
