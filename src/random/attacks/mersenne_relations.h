// What some bits of each output of MT19937 tell about the same bits of later ones. All outputs are sums of 19,937 unknown bits, so k seen bits
// of each obey sums over some 19,937 / k outputs, the same ones at every place and for every seed: they are worked out here, once for each
// choice of bits, instead of an elimination in 19,968 unknowns for each sample.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lintel::random {

// back[d] masks the word d places back; the sum of all masked bits, back[0] among them, is 0 at every place that has so many words before it.
using TwisterRelation = std::vector<std::uint32_t>;

// Relations of the bits in `mask`, of each output (stride 1) or of every second one (2), that reach no more than `most` words back; shortest first, none
// a sum of the others. As many as the mask has bits, unless `most` is too small. Some 30 milliseconds, 100 KiB.
std::vector<TwisterRelation> twister_relations(std::uint32_t mask, std::size_t stride, std::size_t most);

}  // namespace lintel::random
