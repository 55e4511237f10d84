package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
)

// maxProtected bounds the lines of a list of one's own domains: what an index
// holds.
const maxProtected = 4 << 20

// loadProtect reads the domains that an operator protects beside the brands:
// an index that lookalike --build-index made, or a list, one domain a line (of
// "rank,domain" the last counts), # for comments. It is nil for no file.
func loadProtect(file string) (*lookalike.Index, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading the protected domains: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<16)
	if head, _ := in.Peek(lookalike.HeadLen); lookalike.IsIndexFile(head) {
		x, err := lookalike.Read(in)
		if err != nil {
			return nil, fmt.Errorf("reading the protected domains of %s: %w", file, err)
		}
		return x, nil
	}
	list, err := readProtect(in)
	if err != nil {
		return nil, fmt.Errorf("reading the protected domains of %s: %w", file, err)
	}
	return lookalike.New(list), nil
}

// readProtect reads a list of domains.
func readProtect(in io.Reader) ([]lookalike.Protected, error) {
	var list []lookalike.Protected
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, maxName)
	for n := 1; scan.Scan(); n++ {
		line, _, _ := strings.Cut(scan.Text(), "#")
		name := strings.TrimSpace(line[strings.LastIndexByte(line, ',')+1:])
		if name == "" {
			continue
		}
		if links.Registrable(name) == "" {
			return nil, fmt.Errorf("line %d: %q is no domain that can be registered", n, clean(name))
		}
		if len(list) == maxProtected {
			return nil, fmt.Errorf("line %d: more than %d domains", n, maxProtected)
		}
		list = append(list, lookalike.Protected{Domain: name})
	}
	if err := scan.Err(); err != nil {
		return nil, err
	}
	return list, nil
}
