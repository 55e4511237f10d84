package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"reportascam/analyze/brand"
)

const (
	// maxBrandFile bounds one file of brands, in octets: many times the one
	// that ships.
	maxBrandFile = 32 << 20
	// maxBrandFiles bounds the files of the folder.
	maxBrandFiles = 1000
	// brandsPause is how often the server looks whether they changed.
	brandsPause = 2 * time.Second
)

// brandSource is where the registry comes from.
type brandSource struct {
	file string // in place of the shipped registry; empty for that
	dir  string // of the operator's own files, *.toml; empty for none
	must bool   // dir was named, so that it has to be there
}

// source is the one that the configuration describes.
func (c *Config) source() brandSource {
	if c.Judge.BrandsDir != "" {
		return brandSource{file: c.Judge.Brands, dir: c.Judge.BrandsDir, must: true}
	}
	return brandSource{file: c.Judge.Brands, dir: filepath.Join(c.Data, "brands.d")}
}

// load reads the registry. Its error joins all faults, each with file and key.
func (s brandSource) load() (*brand.Registry, error) {
	reg := brand.Default()
	if s.file != "" {
		src, err := readBrands(s.file)
		if err != nil {
			return nil, err
		}
		if reg, err = (&brand.Registry{}).With(src); err != nil {
			return nil, err
		}
	}
	files, err := s.files()
	if err != nil || len(files) == 0 {
		return reg, err
	}
	var sources []brand.Source
	for _, f := range files {
		src, err := readBrands(f)
		if err != nil {
			return nil, err
		}
		sources = append(sources, src)
	}
	return reg.With(sources...)
}

// files lists the operator's files in the order of their names.
func (s brandSource) files() ([]string, error) {
	if s.dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) && !s.must {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the brands: %w", err)
	}
	var files []string
	for _, e := range entries {
		// Editors leave hidden files and copies with other endings behind.
		if !e.IsDir() && filepath.Ext(e.Name()) == ".toml" && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, filepath.Join(s.dir, e.Name()))
		}
	}
	if len(files) > maxBrandFiles {
		return nil, fmt.Errorf("reading the brands: %s holds more than %d files", s.dir, maxBrandFiles)
	}
	return files, nil
}

func readBrands(file string) (brand.Source, error) {
	f, err := os.Open(file)
	if err != nil {
		return brand.Source{}, fmt.Errorf("reading the brands: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxBrandFile+1))
	if err != nil {
		return brand.Source{}, fmt.Errorf("reading the brands: %w", err)
	}
	return brand.Source{Name: file, Text: text}, nil // what is too long, the registry refuses
}

// state tells versions of the files apart: names, sizes and times. What cannot
// be read is a state too.
func (s brandSource) state() string {
	files, err := s.files()
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, f := range append(files, s.file) {
		if f == "" {
			continue
		}
		info, err := os.Stat(f)
		if err != nil {
			fmt.Fprintf(&b, "%q %v\n", f, err)
			continue
		}
		fmt.Fprintf(&b, "%q %d %d\n", f, info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}

// watchBrands reads the brands again whenever their files changed, until ctx
// ends. A broken file changes nothing, and is logged once.
func (j *judge) watchBrands(ctx context.Context, s brandSource, ticks <-chan time.Time) {
	state := s.state()
	// What changed between the start and now is read at once.
	j.readBrandsAgain(s)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		if now := s.state(); now != state {
			state = now
			j.readBrandsAgain(s)
		}
	}
}

// readBrandsAgain puts a new registry and index in place of the old, or leaves
// them. A message that is being judged keeps the one that it began with.
func (j *judge) readBrandsAgain(s brandSource) {
	defer func() {
		if p := recover(); p != nil {
			j.caught("reading the brands", p, nil)
		}
	}()
	reg, err := s.load()
	if err != nil {
		for _, e := range each(err) {
			j.log.Error("the brands were not read again, the old ones stay", "err", clean(e.Error()))
		}
		return
	}
	if reg == j.known.Load().brands {
		return // the shipped ones, as before
	}
	j.known.Store(newNames(reg, j.own))
	j.log.Info("brands read", "brands", reg.Len())
}
