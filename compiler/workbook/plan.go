package workbook

// plan is the workbook's sheets, in order.
func plan(in *Input, f *facts) []*sheet {
	sheets := []*sheet{access(in, f), sources(in)}
	unique(sheets)
	return sheets
}
