package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "microts/store" // links the shared libraries that the binary does
)

const root = "../.."

func TestNoticesNameEveryModule(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, noticesFile))
	if err != nil {
		t.Fatal(err)
	}
	modules, err := findModules(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) == 0 {
		t.Fatal("the binary links no module")
	}
	for _, m := range modules {
		if title := m.path + " " + m.version; !strings.Contains(string(text), "\n  "+title+" ") {
			t.Errorf("%s does not name %s: run \"make notices\"", noticesFile, title)
		}
	}
}

func TestNoticesNameEverySharedLibrary(t *testing.T) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, l := range sharedLibraries {
		known = append(known, l.files...)
	}
	for line := range strings.Lines(string(maps)) {
		path := line[strings.LastIndexByte(line, ' ')+1:]
		file := strings.TrimSpace(filepath.Base(path))
		if !strings.Contains(file, ".so") {
			continue
		}
		if !slices.ContainsFunc(known, func(name string) bool { return strings.HasPrefix(file, name) }) {
			t.Errorf("the process loads %s, which sharedLibraries does not name", file)
		}
	}
}

func TestReadLicense(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n  Version 2.0, January 2004":                                     "Apache-2.0",
		"Permission is hereby granted,\r\nfree of charge, to any person obtaining a copy": "MIT",
	} {
		if l, err := readLicense(text); l.name != want || err != nil {
			t.Errorf("%q: %s, %v", text, l.name, err)
		}
	}
	if _, err := readLicense("All rights reserved."); err == nil || !strings.Contains(err.Error(), "unknown licence") {
		t.Error(err)
	}
}
