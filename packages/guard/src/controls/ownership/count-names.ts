import { folded } from "../../reading/names-alike.ts";

/**
 * Names under which answers tell of a list how long it is or whether there is more of it, as the
 * frameworks and styles in use write them: Spring Data, Django REST, Laravel, Rails, JSON:API, HAL,
 * Relay, OData, Elasticsearch and Algolia, WordPress, AWS and Google.
 */

/** `count`: a number of elements. `pages`: of pages. `more`: a flag. `link`: the way to another. */
export type CountKind = "count" | "pages" | "more" | "link";

const names: Readonly<Record<CountKind, string>> = {
  count: `total totalCount totalItems totalResults totalElements totalRecords totalRows totalHits
    totalSize totalNumber totalEntries totalObjects totalDocs grandTotal estimatedTotal
    estimatedTotalHits count countTotal itemCount itemsCount recordCount rowCount resultCount
    resultsCount numberOfElements numberOfItems numberOfResults matched nbHits numFound hitCount
    recordsTotal recordsFiltered resultSize length remaining remainingCount odata.count`,
  pages: `totalPages pageCount pages pagesCount numberOfPages numPages nbPages lastPage`,
  more: `hasMore hasNext hasNextPage hasPrevious hasPreviousPage more moreAvailable moreRecords
    isTruncated truncated`,
  link: `next nextPage nextUrl nextHref nextLink nextPageUrl nextPageLink nextCursor nextToken
    nextPageToken nextContinuationToken nextMarker nextOffset continuation continuationToken
    endCursor startCursor scrollId prev prevPage prevUrl prevPageUrl prevCursor previous
    previousPage previousUrl previousPageUrl previousCursor last lastUrl lastPageUrl
    odata.nextLink`,
};

/** Objects that stand beside a list and tell of it. */
const besideList = `meta metadata page pageInfo pageable paging pagination pager links _links cursor
  cursors listInfo hits`;

/** Numbers that only repeat which part was asked for. */
const ofRequest = `page pageNumber pageIndex pageSize perPage currentPage number size limit offset
  skip take top from start startIndex itemsPerPage`;

const listed = (text: string): string[] => text.split(/\s+/).map(folded);

const kinds: ReadonlyMap<string, CountKind> = new Map(
  Object.entries(names).flatMap(([kind, text]) =>
    listed(text).map((name) => [name, kind as CountKind] as const),
  ),
);
const containers: ReadonlySet<string> = new Set(listed(besideList));
const asked: ReadonlySet<string> = new Set(listed(ofRequest));

const fieldKinds: ReadonlyMap<string, CountKind> = new Map([
  ...["X-Count", "X-Result-Count", "X-Item-Count", "X-Record-Count", "Total-Count"].map(
    (name) => [folded(name), "count"] as const,
  ),
  ...["X-Pages", "X-Page-Count", "X-Total-Pages", "X-WP-TotalPages"].map(
    (name) => [folded(name), "pages"] as const,
  ),
  ...["Content-Range", "X-Pagination", "X-Next-Page", "X-Prev-Page", "X-Has-More", "X-Next-Cursor"]
    .concat(["X-Last-Page", "X-Next", "X-Paging"])
    .map((name) => [folded(name), "link"] as const),
]);

export const isBesideList = (name: string): boolean => containers.has(folded(name));
export const repeatsRequest = (name: string): boolean => asked.has(folded(name));
export const countKindOf = (name: string): CountKind | undefined => kinds.get(folded(name));

/** The same of a header field. Fields with `total` in their name are many. */
export function countKindOfField(name: string): CountKind | undefined {
  const known = fieldKinds.get(folded(name));
  if (known !== undefined) return known;
  return /^x-(?:[a-z]+-)*total(?:-[a-z]+)*$/i.test(name) ? "count" : undefined;
}

/** Relations of a Link field (RFC 8288) that tell whether there is more of a list, and where. */
export const tellingRelations: ReadonlySet<string> = new Set(["next", "prev", "previous", "last"]);
