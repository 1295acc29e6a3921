package main

import (
	"errors"
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

// write writes the sections of all pages anew. A page with an error stays as it is,
// and the other pages are written.
func write(root string) error {
	pages, err := findPages(root)
	if err != nil {
		return err
	}
	var errs []error
	for _, p := range pages {
		errs = append(errs, p.update())
	}
	return errors.Join(errs...)
}
