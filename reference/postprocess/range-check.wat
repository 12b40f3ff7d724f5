;; Looks at every number of some anchors of a head output, with SIMD: `range-check.ts` says what for and calls it, and
;; `range-check-wasm.ts` holds these instructions as bytes.
(module
  (memory (export "memory") 1)

  ;; From `at` to `end` lie float32 rows of 4 reg numbers and `rest` others each. The answer is 0 when every reg number
  ;; is finite and the others' bits have neither the sign nor the highest exponent bit.
  (func (export "check") (param $at i32) (param $end i32) (param $rest i32) (result i32)
    (local $sixteens i32) (local $fours i32) (local $rowEnd i32)
    (local $reg v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $sixteens (i32.shl (i32.and (local.get $rest) (i32.const -16)) (i32.const 2)))
    (local.set $fours (i32.shl (i32.and (local.get $rest) (i32.const -4)) (i32.const 2)))
    (local.set $rest (i32.shl (local.get $rest) (i32.const 2)))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        ;; An exponent of all ones carries into the sign.
        (local.set $reg (v128.or (local.get $reg) (i32x4.add
          (v128.and (v128.load (local.get $at)) (v128.const i32x4 0x7f800000 0x7f800000 0x7f800000 0x7f800000))
          (v128.const i32x4 0x00800000 0x00800000 0x00800000 0x00800000))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        ;; Sixteen at a time with a gatherer each, so that no OR waits for the one before; then four; then one.
        (local.set $rowEnd (i32.add (local.get $at) (local.get $sixteens)))
        (block $noSixteen
          (loop $sixteen
            (br_if $noSixteen (i32.ge_u (local.get $at) (local.get $rowEnd)))
            (local.set $a (v128.or (local.get $a) (v128.load (local.get $at))))
            (local.set $b (v128.or (local.get $b) (v128.load offset=16 (local.get $at))))
            (local.set $c (v128.or (local.get $c) (v128.load offset=32 (local.get $at))))
            (local.set $d (v128.or (local.get $d) (v128.load offset=48 (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 64)))
            (br $sixteen)))
        (local.set $rowEnd (i32.add (local.get $at) (i32.sub (local.get $fours) (local.get $sixteens))))
        (block $noFour
          (loop $four
            (br_if $noFour (i32.ge_u (local.get $at) (local.get $rowEnd)))
            (local.set $a (v128.or (local.get $a) (v128.load (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br $four)))
        (local.set $rowEnd (i32.add (local.get $at) (i32.sub (local.get $rest) (local.get $fours))))
        (block $noOne
          (loop $one
            (br_if $noOne (i32.ge_u (local.get $at) (local.get $rowEnd)))
            (local.set $b (v128.or (local.get $b) (v128.load32_zero (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (br $one)))
        (br $row)))
    (v128.any_true (v128.or
      (v128.and (local.get $reg) (v128.const i32x4 0x80000000 0x80000000 0x80000000 0x80000000))
      (v128.and
        (v128.or (v128.or (local.get $a) (local.get $b)) (v128.or (local.get $c) (local.get $d)))
        (v128.const i32x4 0xc0000000 0xc0000000 0xc0000000 0xc0000000))))))
