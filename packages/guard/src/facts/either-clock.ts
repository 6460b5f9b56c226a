import { isRefusal, type Refusal } from "./refusal.ts";

/** Judges by the time that it is; and where that refuses, by a clock that may be right instead. */
export function judgeByEither<Judged extends object | undefined>(
  judge: (nowSeconds: number) => Judged | Refusal,
  nowSeconds: number,
  doubtSeconds: number,
): Judged | Refusal {
  const judged = judge(nowSeconds);
  if (doubtSeconds === 0 || judged === undefined || !isRefusal(judged)) return judged;
  const instead = judge(nowSeconds + doubtSeconds);
  return instead !== undefined && isRefusal(instead) ? judged : instead;
}
