package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// component is a piece of software that the binary contains.
type component struct {
	name     string
	version  string // "" for Go, whose version the builder chooses
	licenses []license
}

func (c component) title() string { return strings.TrimSpace(c.name + " " + c.version) }

// linkedModule is a module of which the binary links packages.
type linkedModule struct {
	path, version string
	root          string   // its folder
	folders       []string // of the packages that are linked
}

// findModules asks the go command for the modules that the binary of the project
// links, sorted by path.
func findModules(project string) ([]linkedModule, error) {
	cmd := exec.Command("go", "list", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", ".")
	cmd.Dir = project
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	byPath := map[string]*linkedModule{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 4 {
			continue // a package of Go or of this project
		}
		m := byPath[fields[0]]
		if m == nil {
			m = &linkedModule{path: fields[0], version: fields[1], root: fields[2]}
			byPath[fields[0]] = m
		}
		m.folders = append(m.folders, fields[3])
	}
	var modules []linkedModule
	for _, m := range byPath {
		modules = append(modules, *m)
	}
	slices.SortFunc(modules, func(a, b linkedModule) int { return strings.Compare(a.path, b.path) })
	return modules, nil
}

// findComponents returns what the binary contains: Go first, then the modules by
// path.
func findComponents(project string) ([]component, error) {
	goRoot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	modules, err := findModules(project)
	if err != nil {
		return nil, err
	}
	root := strings.TrimSpace(string(goRoot))
	modules = slices.Insert(modules, 0, linkedModule{path: "Go, runtime and standard library", root: root, folders: []string{root}})
	var components []component
	var errs []error
	for _, m := range modules {
		licenses, err := m.licenses()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.path, err))
		}
		components = append(components, component{m.path, m.version, licenses})
	}
	return components, errors.Join(errs...)
}

// licenseFile matches the names of files that hold a licence or belong to one.
var licenseFile = regexp.MustCompile(`(?i)^(un)?licen[cs]e|^copying|^notice|^patents`)

// licenses reads the licence files beside the packages that are linked, and in
// the folders above them up to the module's.
func (m linkedModule) licenses() (found []license, err error) {
	folders := map[string]bool{}
	for _, folder := range m.folders {
		for ; !folders[folder] && len(folder) >= len(m.root); folder = filepath.Dir(folder) {
			folders[folder] = true
		}
	}
	var files []string
	for folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Type().IsRegular() && licenseFile.MatchString(e.Name()) && filepath.Ext(e.Name()) != ".go" {
				files = append(files, filepath.Join(folder, e.Name()))
			}
		}
	}
	if len(files) == 0 {
		return nil, errors.New("no licence found")
	}
	slices.Sort(files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		l, err := readLicense(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		found = append(found, l)
	}
	return found, nil
}
