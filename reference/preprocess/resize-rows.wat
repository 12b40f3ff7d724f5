;; The two passes of a bilinear resize in OpenCV's fixed point, with SIMD: `resize-rows.ts` says what they compute and
;; calls them, and `resize-rows-wasm.ts` holds these instructions as bytes.
(module
  (memory (export "memory") 1)

  ;; One source row becomes one row of `width` pixels in three planes of int16, `plane` bytes apart: blue, green, red.
  ;; `width` is a multiple of 4. `columns` has 8 bytes for each output pixel: the byte offset of its left source pixel
  ;; (int32) and the weights of that pixel and of the next (two int16). Up to 8 bytes are read from each offset on.
  (func (export "horizontal")
    (param $source i32) (param $columns i32) (param $width i32) (param $out i32) (param $plane i32)
    (local $end i32) (local $p0 v128) (local $p1 v128) (local $p2 v128) (local $p3 v128)
    (local.set $end (i32.add (local.get $columns) (i32.shl (local.get $width) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $columns) (local.get $end)))
        ;; b g r b' g' r' -> b b' g g' r r', as int16; the dot product mixes the pairs: blue, green, red, unused.
        (local.set $p0 (i32x4.dot_i16x8_s
          (i16x8.extend_low_i8x16_u (i8x16.shuffle 0 3 1 4 2 5 6 7 8 9 10 11 12 13 14 15
            (v128.load64_zero (i32.add (local.get $source) (i32.load (local.get $columns))))
            (v128.const i32x4 0 0 0 0)))
          (v128.load32_splat offset=4 (local.get $columns))))
        (local.set $p1 (i32x4.dot_i16x8_s
          (i16x8.extend_low_i8x16_u (i8x16.shuffle 0 3 1 4 2 5 6 7 8 9 10 11 12 13 14 15
            (v128.load64_zero (i32.add (local.get $source) (i32.load offset=8 (local.get $columns))))
            (v128.const i32x4 0 0 0 0)))
          (v128.load32_splat offset=12 (local.get $columns))))
        (local.set $p2 (i32x4.dot_i16x8_s
          (i16x8.extend_low_i8x16_u (i8x16.shuffle 0 3 1 4 2 5 6 7 8 9 10 11 12 13 14 15
            (v128.load64_zero (i32.add (local.get $source) (i32.load offset=16 (local.get $columns))))
            (v128.const i32x4 0 0 0 0)))
          (v128.load32_splat offset=20 (local.get $columns))))
        (local.set $p3 (i32x4.dot_i16x8_s
          (i16x8.extend_low_i8x16_u (i8x16.shuffle 0 3 1 4 2 5 6 7 8 9 10 11 12 13 14 15
            (v128.load64_zero (i32.add (local.get $source) (i32.load offset=24 (local.get $columns))))
            (v128.const i32x4 0 0 0 0)))
          (v128.load32_splat offset=28 (local.get $columns))))
        ;; b0 g0 r0 - b1 g1 r1 -
        (local.set $p0 (i16x8.narrow_i32x4_s
          (i32x4.shr_s (local.get $p0) (i32.const 4)) (i32x4.shr_s (local.get $p1) (i32.const 4))))
        ;; b2 g2 r2 - b3 g3 r3 -
        (local.set $p2 (i16x8.narrow_i32x4_s
          (i32x4.shr_s (local.get $p2) (i32.const 4)) (i32x4.shr_s (local.get $p3) (i32.const 4))))
        ;; b0 b2 g0 g2 r0 r2 - - and b1 b3 g1 g3 r1 r3 - -
        (local.set $p1 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
          (local.get $p0) (local.get $p2)))
        (local.set $p3 (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31
          (local.get $p0) (local.get $p2)))
        ;; b0 b1 b2 b3 g0 g1 g2 g3 and r0 r1 r2 r3 -
        (local.set $p0 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
          (local.get $p1) (local.get $p3)))
        (local.set $p2 (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31
          (local.get $p1) (local.get $p3)))
        (v128.store64_lane 0 (local.get $out) (local.get $p0))
        (v128.store64_lane 1 (i32.add (local.get $out) (local.get $plane)) (local.get $p0))
        (v128.store64_lane 0
          (i32.add (local.get $out) (i32.shl (local.get $plane) (i32.const 1))) (local.get $p2))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (local.set $columns (i32.add (local.get $columns) (i32.const 32)))
        (br $next))))

  ;; Mixes two rows of `count` int16, a multiple of 8, into `count` float32 grey levels.
  (func (export "vertical")
    (param $above i32) (param $aboveWeight i32) (param $below i32) (param $belowWeight i32)
    (param $count i32) (param $out i32)
    (local $end i32) (local $wa v128) (local $wb v128) (local $a v128) (local $b v128) (local $half v128)
    (local.set $wa (i16x8.splat (local.get $aboveWeight)))
    (local.set $wb (i16x8.splat (local.get $belowWeight)))
    (local.set $half (v128.const i32x4 2 2 2 2))
    (local.set $end (i32.add (local.get $above) (i32.shl (local.get $count) (i32.const 1))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $above) (local.get $end)))
        (local.set $a (v128.load (local.get $above)))
        (local.set $b (v128.load (local.get $below)))
        (v128.store (local.get $out)
          (f32x4.convert_i32x4_s (i32x4.shr_s (i32x4.add (local.get $half) (i32x4.add
            (i32x4.shr_s (i32x4.extmul_low_i16x8_s (local.get $a) (local.get $wa)) (i32.const 16))
            (i32x4.shr_s (i32x4.extmul_low_i16x8_s (local.get $b) (local.get $wb)) (i32.const 16))))
            (i32.const 2))))
        (v128.store offset=16 (local.get $out)
          (f32x4.convert_i32x4_s (i32x4.shr_s (i32x4.add (local.get $half) (i32x4.add
            (i32x4.shr_s (i32x4.extmul_high_i16x8_s (local.get $a) (local.get $wa)) (i32.const 16))
            (i32x4.shr_s (i32x4.extmul_high_i16x8_s (local.get $b) (local.get $wb)) (i32.const 16))))
            (i32.const 2))))
        (local.set $above (i32.add (local.get $above) (i32.const 16)))
        (local.set $below (i32.add (local.get $below) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (br $next)))))
