// Why something could not be computed, as reports say it.
#pragma once
#include "model/text.h"

namespace lintel::rules::reasons {

inline const model::Text kBudget{"判断步骤超过 1,000,000 步的上限", "more than 1,000,000 steps"};
inline const model::Text kDivisionByZero{"除数为零", "division by zero"};
inline const model::Text kIntegerRange{"整数超出 64 位范围", "an integer beyond 64 bits"};
inline const model::Text kNumberRange{"数值超出范围", "a number out of range"};
inline const model::Text kIndex{"下标超出范围", "an index out of range"};
inline const model::Text kDifferentTypes{"不同类型的值无法比较",
                                         "values of different types can't be compared"};
inline const model::Text kDifferentLengths{"长度不同的文本无法比较先后",
                                           "texts of different length have no order"};
inline const model::Text kDifferentOffsets{"时区不同的时间无法按文本比较",
                                           "times with different offsets can't be compared as text"};
inline const model::Text kEmptyList{"空列表没有最小、最大或平均值",
                                    "an empty list has no smallest, largest or mean value"};
inline const model::Text kNoVersion{"不是可比较的版本号", "not a version that can be compared"};
inline const model::Text kUnexpectedType{"值的类型与预期不符", "a value of an unexpected type"};
inline const model::Text kTooLong{"文本或列表过长", "a text or list that is too long"};
inline const model::Text kNotCompiled{"断言有错误，未能编译",
                                      "the assertion has an error and could not be compiled"};

}  // namespace lintel::rules::reasons
