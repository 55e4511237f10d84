package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"reportascam/analyze"
	"reportascam/analyze/links"
	"reportascam/analyze/lookalike"
)

const (
	// maxName is the longest line that lookalike reads as a name, in octets: a
	// domain has 253, and its Unicode form may take four times that. What is
	// beyond it on a line is dropped.
	maxName = 4096
	// batch is how many names are looked up by one worker at a time.
	batch = 1024
)

type lookalikeCmd struct {
	Names    []string `arg:"" optional:"" name:"name" help:"Domains; - reads them from standard input, one a line."`
	Generate bool     `help:"List the names that an attacker would register to imitate each domain."`
	JSON     bool     `help:"One JSON object a line." xor:"form"`
	CSV      bool     `name:"csv" help:"CSV." xor:"form"`
	Brands   string   `placeholder:"FILE" help:"A file of brands instead of the shipped registry."`
	Protect  string   `placeholder:"FILE" help:"Domains of your own, one a line, or an index that --build-index made: protected beside the brands."`
	Build    string   `name:"build-index" placeholder:"FILE" help:"Write the index of --protect's domains to FILE, which loads faster than the list, and stop."`
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
	if c.Build != "" {
		return c.build(w)
	}
	if len(c.Names) == 0 {
		return errors.New("no names; - reads them from standard input")
	}
	j, err := newJudge(c.Brands, nil)
	if err != nil {
		return err
	}
	own, err := loadProtect(c.Protect)
	if err != nil {
		return err
	}
	if own != nil {
		j.protect(own)
	}
	out := bufio.NewWriter(w.out)
	if c.CSV {
		fmt.Fprintln(out, "name,target,brand,technique,distance,score")
	}
	for _, name := range c.Names {
		switch {
		case name == "-":
			err = c.lines(w.in, out, j.known.Load())
		case c.Generate:
			err = c.generate(out, j.known.Load(), name)
		default:
			err = c.one(out, j.known.Load(), name)
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
	}
	return out.Flush()
}

// build writes the index of the operator's own domains, whole or not at all.
func (c *lookalikeCmd) build(w *world) (err error) {
	if c.Protect == "" {
		return errors.New("--build-index needs --protect, the list to make the index of")
	}
	x, err := loadProtect(c.Protect)
	if err != nil {
		return err
	}
	part := c.Build + ".part"
	f, err := os.Create(part)
	if err != nil {
		return fmt.Errorf("writing the index: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part))
		}
	}()
	if err := errors.Join(x.Write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, c.Build); err != nil {
		return fmt.Errorf("writing the index: %w", err)
	}
	_, err = fmt.Fprintf(w.out, "%s: an index of %d domains\n", clean(c.Build), x.Len())
	return err
}

// lines answers for each line, in the order of the lines, by as many workers
// as there are processors.
func (c *lookalikeCmd) lines(in io.Reader, out io.Writer, n *names) error {
	workers := runtime.GOMAXPROCS(0)
	queue := make(chan chan []byte, 2*workers)
	var g errgroup.Group
	g.Go(func() error {
		defer close(queue)
		// The answers of a batch come by its own channel, which stands in the queue.
		var looks errgroup.Group
		looks.SetLimit(workers)
		err := batches(in, func(list []string) {
			answer := make(chan []byte, 1)
			queue <- answer
			looks.Go(func() error {
				var buf bytes.Buffer
				defer func() { answer <- buf.Bytes() }()
				for _, name := range list {
					var err error
					if c.Generate {
						err = c.generate(&buf, n, name)
					} else {
						err = c.one(&buf, n, name)
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
		})
		return errors.Join(err, looks.Wait())
	})
	var failed error
	for answer := range queue {
		b := <-answer
		if failed == nil {
			_, failed = out.Write(b)
		}
	}
	return errors.Join(failed, g.Wait())
}

// batches calls f with the names of in, many at a time.
func batches(in io.Reader, f func([]string)) error {
	r := bufio.NewReaderSize(in, maxName)
	list := make([]string, 0, batch)
	for {
		line, more, err := r.ReadLine()
		name := strings.TrimSpace(string(line))
		for more && err == nil {
			_, more, err = r.ReadLine()
		}
		if name != "" {
			list = append(list, name)
		}
		if len(list) == batch || err != nil && len(list) > 0 {
			f(list)
			list = make([]string, 0, batch)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading names: %w", err)
		}
	}
}

func (c *lookalikeCmd) one(out io.Writer, n *names, name string) error {
	if b, own := n.brands.Owner(strings.ToLower(name)); own {
		if !c.JSON && !c.CSV {
			_, err := fmt.Fprintf(out, "%s\tbelongs to %s\n", clean(name), clean(b.Name))
			return err
		}
		return c.row(out, name, analyze.Resemblance{}, false)
	}
	r, found := n.looks.Find(name)
	return c.row(out, name, r, found)
}

// generate lists the candidates for one domain; a domain that is not protected
// yet is for this list.
func (c *lookalikeCmd) generate(out io.Writer, n *names, domain string) error {
	reg := links.Registrable(domain)
	if reg == "" {
		return fmt.Errorf("%s is no domain that can be registered", clean(domain))
	}
	looks := n.looks
	if _, strong := n.brands.Owner(reg); !strong {
		// Its own list of one: it is imitated in every way, popular or not.
		looks = lookalike.New([]lookalike.Protected{{Domain: reg}})
	}
	for _, r := range looks.Generate(reg) {
		if err := c.row(out, r.Name, r, true); err != nil {
			return err
		}
	}
	return nil
}

// row writes what is known of one name.
func (c *lookalikeCmd) row(out io.Writer, name string, r analyze.Resemblance, found bool) error {
	switch {
	case c.JSON:
		line := lookalikeLine{Name: name}
		if found {
			line.Target, line.Brand, line.Technique = &r.Target, orNull(r.Brand), &r.Technique
			line.Distance, line.Score = r.Distance, score(r)
		}
		return jsonLine(out, line)
	case c.CSV:
		w := csv.NewWriter(out)
		row := []string{csvCell(name), csvCell(r.Target), csvCell(r.Brand), r.Technique, strconv.Itoa(r.Distance), strconv.FormatFloat(score(r), 'f', -1, 64)}
		if err := w.Write(row); err != nil {
			return fmt.Errorf("writing CSV: %w", err)
		}
		w.Flush()
		return w.Error()
	case !found:
		_, err := fmt.Fprintf(out, "%s\tresembles no protected name\n", clean(name))
		return err
	}
	weak := ""
	if r.Score < lookalike.MinScore {
		weak = ", a weak sign"
	}
	_, err := fmt.Fprintf(out, "%s\tresembles %s\t%s\tscore %.2f%s\n", clean(name), clean(r.Target), clean(r.Technique), r.Score, weak)
	return err
}

// score is a resemblance's, to two places.
func score(r analyze.Resemblance) float64 { return float64(int(r.Score*100+0.5)) / 100 }
