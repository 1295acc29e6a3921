package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const noticesFile = "NOTICES"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: notices ROOT")
		os.Exit(2)
	}
	root := os.Args[1]
	components, err := findComponents(root)
	if err == nil {
		err = os.WriteFile(filepath.Join(root, noticesFile), []byte(notices(components)), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

// sharedLibraries are the libraries that the binary loads: RocksDB, and what
// RocksDB loads.
var sharedLibraries = []struct {
	files   []string // names of the files begin so
	name    string
	license string
}{
	{[]string{"librocksdb.so"}, "RocksDB", "Apache-2.0 or GPL-2.0; microts uses it under Apache-2.0"},
	{[]string{"libsnappy.so"}, "Snappy", "BSD-3-Clause"},
	{[]string{"liblz4.so"}, "LZ4", "BSD-2-Clause"},
	{[]string{"libzstd.so"}, "Zstandard", "BSD-3-Clause or GPL-2.0"},
	{[]string{"libbz2.so"}, "bzip2", "bzip2-1.0.6"},
	{[]string{"libz.so"}, "zlib", "Zlib"},
	{[]string{"libgflags.so"}, "gflags", "BSD-3-Clause"},
	{[]string{"libstdc++.so", "libgcc_s.so"}, "the libraries of GCC", "GPL-3.0 with the GCC Runtime Library Exception"},
	{[]string{"libc.so", "libm.so", "libpthread.so", "ld-linux"}, "the GNU C library", "LGPL-2.1"},
}

const introduction = `NOTICES

microts is licensed under the Apache License 2.0: see the file LICENSE. Its binary
contains the software that is listed first. All these licences allow distribution
of the binary, together with this file. The source of each module, unchanged, is
https://proxy.golang.org/MODULE/@v/VERSION.zip.

"make notices" writes this file.
`

const loaded = `
The binary loads these shared libraries; it does not contain them. On Debian,
/usr/share/doc/PACKAGE/copyright holds the licence of each.
`

// notices returns the text of the file: the lists first, then each licence once,
// with the components that it is for.
func notices(components []component) string {
	var b strings.Builder
	b.WriteString(introduction + "\n")
	for _, c := range components {
		var names []string
		for _, l := range c.licenses {
			names = append(names, l.name)
		}
		slices.Sort(names)
		fmt.Fprintf(&b, "  %-68s %s\n", c.title(), strings.Join(slices.Compact(names), ", "))
	}
	b.WriteString(loaded + "\n")
	for _, l := range sharedLibraries {
		fmt.Fprintf(&b, "  %-22s %s\n", l.name, l.license)
	}
	line := strings.Repeat("-", 80)
	for _, t := range sharedTexts(components) {
		fmt.Fprintf(&b, "\n%s\n%s\n", line, t.name)
		for _, title := range t.titles {
			fmt.Fprintf(&b, "  %s\n", title)
		}
		fmt.Fprintf(&b, "%s\n\n%s\n", line, t.text)
	}
	return b.String()
}
