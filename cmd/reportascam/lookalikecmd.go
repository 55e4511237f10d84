package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"reportascam/analyze"
)

// maxName is the longest line that lookalike reads as a name, in octets: a
// domain has 253, and its Unicode form may take four times that.
const maxName = 4096

type lookalikeCmd struct {
	Names  []string `arg:"" name:"name" help:"Domains; - reads them from standard input, one a line."`
	JSON   bool     `help:"One JSON object a line."`
	Brands string   `placeholder:"FILE" help:"A file of brands instead of the shipped registry."`
}

// lookalikeLine is what lookalike --json says of a name. Target is null where
// it resembles none.
type lookalikeLine struct {
	Name      string  `json:"name"`
	Target    *string `json:"target"`
	Brand     *string `json:"brand"`
	Technique *string `json:"technique"`
	Distance  int     `json:"distance"`
	Score     float64 `json:"score"`
}

func (c *lookalikeCmd) Run(w *world) error {
	j, err := newJudge(c.Brands, nil)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w.out)
	defer out.Flush()
	for _, name := range c.Names {
		if name != "-" {
			err = c.one(out, j, name)
		} else {
			err = c.lines(w.in, out, j)
		}
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

func (c *lookalikeCmd) lines(in io.Reader, out io.Writer, j *judge) error {
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, maxName)
	for scan.Scan() {
		name := strings.TrimSpace(scan.Text())
		if name == "" {
			continue
		}
		if err := c.one(out, j, name); err != nil {
			return err
		}
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("reading names: %w", err)
	}
	return nil
}

func (c *lookalikeCmd) one(out io.Writer, j *judge, name string) error {
	line := lookalikeLine{Name: name}
	r, found := analyze.Resemblance{}, false
	if b, own := j.known.Load().brands.Owner(strings.ToLower(name)); own {
		if !c.JSON {
			_, err := fmt.Fprintf(out, "%s\tbelongs to %s\n", clean(name), clean(b.Name))
			return err
		}
	} else {
		r, found = j.known.Load().looks.Find(name)
	}
	if found {
		line.Target, line.Brand, line.Technique = &r.Target, orNull(r.Brand), &r.Technique
		line.Distance, line.Score = r.Distance, r.Score
	}
	if c.JSON {
		return jsonLine(out, line)
	}
	if !found {
		_, err := fmt.Fprintf(out, "%s\tresembles no protected name\n", clean(name))
		return err
	}
	_, err := fmt.Fprintf(out, "%s\tresembles %s\t%s\tscore %.2f\n", clean(name), clean(r.Target), clean(r.Technique), r.Score)
	return err
}
