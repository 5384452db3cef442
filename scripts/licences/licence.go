package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Licences that allow what is built to be passed on under any terms, or ask only
// that changes of their own files be shown.
var permitted = []string{"0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MPL-2.0",
	"OFL-1.1", "public domain", "Unlicense"}

// phrases tell licences by words that only they have, without case and with
// single spaces. The first of each group that is found counts: the MPL names the
// GPL, and the BSD with two clauses is the beginning of that with three.
var phrases = [][]struct{ licence, words string }{
	{{"Apache-2.0", "apache license version 2.0"}},
	{
		{"MPL-2.0", "mozilla public license version 2.0"},
		{"AGPL-3.0", "gnu affero general public license"},
		{"LGPL", "gnu lesser general public license"},
		{"GPL", "gnu general public license"},
	},
	{{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"}},
	{{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"},
		{"ISC", "permission to use, copy, modify, and distribute this software for any purpose"}},
	{{"BSD-3-Clause", "endorse or promote products derived from"}, {"BSD-2-Clause", "redistribution and use in source and binary forms"}},
	{{"Unlicense", "this is free and unencumbered software"}},
	{{"OFL-1.1", "sil open font license"}},
}

var spaces = regexp.MustCompile(`[\s,]+`)

// classify names the licences of a text.
func classify(text string) (licences []string) {
	text = spaces.ReplaceAllString(strings.ToLower(text), " ")
	for _, group := range phrases {
		for _, p := range group {
			if strings.Contains(text, strings.ReplaceAll(p.words, ",", "")) {
				licences = append(licences, p.licence)
				break
			}
		}
	}
	return licences
}

// licenceFile is how files are called that hold a licence.
var licenceFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying)`)

// licencesIn names the licences of the files in a folder.
func licencesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, classify(string(text))...)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

func (p part) names() string {
	if len(p.Licences) == 0 {
		return "unknown"
	}
	return strings.Join(p.Licences, ", ")
}

// allowed reports whether every licence of a part is permitted.
func (p part) allowed() bool {
	return len(p.Licences) > 0 && !slices.ContainsFunc(p.Licences, func(l string) bool { return !slices.Contains(permitted, l) })
}
