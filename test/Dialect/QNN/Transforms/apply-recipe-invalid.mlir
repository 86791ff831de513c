// What is wrong with a recipe stands at its line and column, and all of it is
// said in one run.
//
// RUN: split-file %s %t
// DEFINE: %{apply} = not quant-opt %t/model.mlir -o /dev/null --qnn-apply-recipe
// RUN: %{apply} 2>&1 | FileCheck %s --check-prefix=NO-PATH
// NO-PATH: error: expected the path of a recipe in option 'recipe'
// RUN: %{apply}=recipe=%t/none.yaml 2>&1 | FileCheck %s --check-prefix=NO-FILE
// NO-FILE: error: cannot read '{{.*}}none.yaml': No such file or directory
// RUN: %{apply}=recipe=%t/empty.yaml 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: empty.yaml:1:1: error: expected a mapping with the key 'rules'
// RUN: %{apply}=recipe=%t/syntax.yaml 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: syntax.yaml:2:{{[0-9]+}}: error:
// RUN: %{apply}=recipe=%t/top.yaml 2>&1 | FileCheck %s --check-prefix=TOP
// TOP: top.yaml:1:1: error: unknown key 'rule'; expected 'rules'
// RUN: %{apply}=recipe=%t/list.yaml 2>&1 | FileCheck %s --check-prefix=LIST
// LIST: list.yaml:1:1: error: expected a list of rules
// RUN: %{apply}=recipe=%t/keys.yaml 2>&1 | FileCheck %s --check-prefix=KEYS
// KEYS: keys.yaml:2:5: error: unknown key 'bit'; expected one of name, op, role, float, bits, granularity, block-size, symmetric, narrow, signed, scale, method
// KEYS: keys.yaml:3:11: error: 'many' is no value of 'bits'; expected a number from 2 to 16
// KEYS: keys.yaml:4:11: error: 'bias' is no value of 'role'; expected activation or weight
// KEYS: keys.yaml:5:16: error: 'yes' is no value of 'symmetric'; expected true or false
// KEYS: keys.yaml:6:12: error: 'log' is no value of 'scale'; expected free or power-of-two
// KEYS: keys.yaml:7:13: error: 'median' is no value of 'method'; expected min-max, percentile, entropy, mse, octav or auto
// KEYS: keys.yaml:8:18: error: 'row' is no value of 'granularity'; expected tensor, channel or block
// KEYS: keys.yaml:9:17: error: '0' is no value of 'block-size'; expected a number of weights, at least 1
// KEYS: keys.yaml:10:11: error: '[' is no value of 'name'; expected a pattern:
// KEYS: keys.yaml:11:5: error: expected one value for 'name'
// KEYS: keys.yaml:12:15: error: the key 'bits' is given twice
// KEYS: keys.yaml:13:13: error: 'moving-average' is no value of 'method'; expected min-max, percentile
// RUN: %{apply}=recipe=%t/twice.yaml 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: twice.yaml:2:1: error: the key 'rules' is given twice
// RUN: %{apply}=recipe=%t/documents.yaml 2>&1 | FileCheck %s --check-prefix=DOCUMENTS
// DOCUMENTS: documents.yaml:3:1: error: expected one document
// RUN: %{apply}=recipe=%t/scalar.yaml 2>&1 | FileCheck %s --check-prefix=SCALAR
// SCALAR: scalar.yaml:2:5: error: expected a rule: a mapping of keys to values
// RUN: %{apply}=recipe=%t/no-rules.yaml 2>&1 | FileCheck %s --check-prefix=NO-RULES
// NO-RULES: no-rules.yaml:1:1: error: expected at least one rule
// RUN: %{apply}=recipe=%t/rules.yaml 2>&1 | FileCheck %s --check-prefix=RULES
// RULES: rules.yaml:2:6: error: 'float: true' keeps whole operations in float; expected no other key than 'name' and 'op'
// RULES: rules.yaml:3:6: error: activations have one scale; 'granularity' and 'block-size' need 'role: weight'
// RULES: rules.yaml:4:6: error: 'granularity: block' and 'block-size' need each other
// RULES: rules.yaml:5:6: error: weights are not calibrated; 'method' needs activations
// RULES: rules.yaml:6:6: error: weights have at most 8 bits; 'bits: 16' needs 'role: activation'
// RULES: rules.yaml:7:6: error: activations have at least 4 bits; 'bits: 2' needs 'role: weight'
// RUN: %{apply}=recipe=%t/nothing.yaml 2>&1 | FileCheck %s --check-prefix=NOTHING
// NOTHING: nothing.yaml:3:6: error: the rule matches no tensor of this model
// NOTHING: nothing.yaml:4:6: error: the rule matches no tensor of this model
// RUN: %{apply}=recipe=%t/late.yaml 2>&1 | FileCheck %s --check-prefix=LATE
// LATE: late.yaml:1:10: error: the range of 'act' was chosen by 'min-max' already; expected the recipe before the calibrate stage

//--- empty.yaml
//--- syntax.yaml
rules:
  - {name: a
//--- top.yaml
rule: []
//--- list.yaml
rules: all
//--- keys.yaml
rules:
  - bit: 8
  - bits: many
  - role: bias
  - symmetric: yes
  - scale: log
  - method: median
  - granularity: row
  - block-size: 0
  - name: "["
  - name: [a, b]
  - {bits: 8, bits: 4}
  - method: moving-average
//--- twice.yaml
rules: [{name: act, bits: 4}]
rules: [{name: act, bits: 8}]
//--- documents.yaml
rules: [{name: act, bits: 4}]
---
rules: [{name: act, bits: 8}]
//--- scalar.yaml
rules:
  - all
//--- no-rules.yaml
rules: []
//--- rules.yaml
rules:
  - {float: true, bits: 8}
  - {granularity: channel}
  - {role: weight, granularity: block}
  - {role: weight, method: mse}
  - {bits: 16}
  - {bits: 2}
//--- nothing.yaml
rules:
  - {name: act, bits: 4}
  - {name: "conv9", bits: 8}
  - {role: weight, bits: 8}
//--- late.yaml
rules: [{name: act, method: mse}]

//--- model.mlir
func.func @main(%x: tensor<4xf32> {qnn.name = "input"}) -> tensor<4xf32> {
  %0 = tosa.tanh %x {qnn.calibration = [#qnn.calibration<method = "min-max", samples = 1, min = -1.0, max = 1.0>]} : (tensor<4xf32>) -> tensor<4xf32> loc("act")
  return %0 : tensor<4xf32>
}
