package main

import (
	"errors"
	"slices"
	"strings"
)

// license is the text of a licence, or of a file that belongs to one.
type license struct {
	name string // the SPDX identifier, or what the file is
	text string
}

// knownLicenses are the licences that may be in the binary, each with a phrase
// that tells it from those after it. All of them allow distribution of the binary,
// together with their text.
var knownLicenses = []struct{ name, phrase string }{
	{"Apache-2.0", "Apache License Version 2.0, January 2004"},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"patent grant", "Additional IP Rights Grant (Patents)"},
	{"Unlicense", "This is free and unencumbered software released into the public domain"},
	{"BSD-3-Clause", "may be used to endorse or promote products derived from"},
	{"BSD-2-Clause", "Redistribution and use in source and binary forms"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"notice", "Copyright 2020-2023 wazero authors"}, // which Apache-2.0 wants to go along
	{"notice", "MinIO Cloud Storage, (C) 2014-2020 MinIO, Inc."},
	{"notice", "Copyright 2011-2016 Canonical Ltd. Licensed under the Apache License, Version 2.0"},
}

// readLicense says which licence a text is. A text that holds several has the
// name of the first in the order of knownLicenses.
func readLicense(text string) (license, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	words := oneLine(text)
	for _, known := range knownLicenses {
		if strings.Contains(words, known.phrase) {
			return license{known.name, strings.Trim(text, "\n")}, nil
		}
	}
	return license{}, errors.New("unknown licence: read it, and add it to knownLicenses if it allows distribution of the binary")
}

// oneLine returns a text with one space in the place of each break and indent.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// sharedText is a text and the titles of the components that it is for.
type sharedText struct {
	license
	titles []string
}

// sharedTexts returns each text once. Texts are the same when they differ in
// spaces only.
func sharedTexts(components []component) (texts []sharedText) {
	for _, c := range components {
		for _, l := range c.licenses {
			same := func(t sharedText) bool { return oneLine(t.text) == oneLine(l.text) }
			i := slices.IndexFunc(texts, same)
			if i < 0 {
				i = len(texts)
				texts = append(texts, sharedText{license: l})
			}
			texts[i].titles = append(texts[i].titles, c.title())
		}
	}
	return texts
}
