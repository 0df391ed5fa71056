package workbook

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"permc.dev/permc/compiler/review"
)

// mostUnpacked is how large the files of a workbook may be, unpacked.
const mostUnpacked = 4 << 30

// Read reads the rows of a workbook, of every sheet. It may come from any
// program: with texts in one place or in the cells, and days as numbers.
func Read(r io.Reader, to *review.Reader) (err error) {
	defer func() {
		if p := recover(); p != nil { // the library trusts what it reads
			err = fmt.Errorf("it cannot be read as a workbook: %v", p)
		}
	}()
	f, err := excelize.OpenReader(r, excelize.Options{UnzipSizeLimit: mostUnpacked, RawCellValue: true})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat):
		return errors.New("it is no workbook that can be read: save it as .xlsx, without a password")
	case err != nil:
		return fmt.Errorf("it cannot be read as a workbook: %w", err)
	}
	defer f.Close()
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		to.Days1904 = *props.Date1904
	}
	for _, name := range f.GetSheetList() {
		if err := readSheet(f, name, to); err != nil {
			return fmt.Errorf("sheet %q cannot be read: %w", name, err)
		}
	}
	return nil
}

func readSheet(f *excelize.File, name string, to *review.Reader) error {
	rows, err := f.Rows(name)
	if err != nil {
		return err
	}
	defer rows.Close()
	to.Grid(name)
	for n := 1; rows.Next() && !to.Past(); n++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		to.Row(n, cells)
	}
	return rows.Error()
}
