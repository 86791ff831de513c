// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The drawings of a report's page, as SVG that needs nothing but the colours of
// the page. What a drawing says is also in its hover texts.
#ifndef QUANTC_LIB_REPORT_REPORTDRAWINGS_H
#define QUANTC_LIB_REPORT_REPORTDRAWINGS_H

#include "quantc/Report/ErrorReport.h"

namespace quantc {

/// Text for between tags and for attributes.
std::string escapeHTML(llvm::StringRef text);

/// One decimal, or "exact" where nothing differs.
std::string formatDecibels(double decibels);

/// The shortest form with `digits` digits.
std::string formatReal(double value, int digits = 4);

/// The identifier of a layer's row, which the chart points at.
std::string getRowName(const ErrorReport &report, const LayerReport &layer);

/// Signal to noise over the layers in program order; a point is a link to the
/// row of its layer.
std::string drawChart(const ErrorReport &report);

/// One bar: where the error of a layer comes from.
std::string drawShares(const LayerReport &layer);

/// The values of a layer's result, with what can be stored on a white ground.
std::string drawHistogram(const LayerReport &layer);

} // namespace quantc

#endif // QUANTC_LIB_REPORT_REPORTDRAWINGS_H
