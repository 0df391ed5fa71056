package xlsx

// plan returns the workbook's sheets, in order.
func plan(in *job, f *facts) []*sheet {
	sheets := []*sheet{access(in, f)}
	sheets = append(sheets, matrices(in, f)...)
	sheets = append(sheets, roles(in, f), findings(in, f), ends(in, f), sources(in, f), legend())
	all := append([]*sheet{overview(in, f, sheets)}, sheets...)
	unique(all)
	return all
}
