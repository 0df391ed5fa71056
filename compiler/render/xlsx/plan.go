package xlsx

// planSheets returns the workbook's sheets, in order.
func planSheets(in *job, f *facts) []*sheet {
	sheets := []*sheet{accessSheet(in, f)}
	sheets = append(sheets, matrixSheets(in, f)...)
	sheets = append(sheets, rolesSheet(in, f), findingsSheet(in, f), endsSheet(in, f), sourcesSheet(in, f),
		legendSheet())
	all := append([]*sheet{overviewSheet(in, f, sheets)}, sheets...)
	uniqueNames(all)
	return all
}
