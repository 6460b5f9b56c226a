<?php
// The document in PHP: routes as Laravel's router matches them, and its override of the method.

function read_int($text) {
    return $text === null ? null : (is_string($text) ? (int) $text : $text);
}
function read_float($text) {
    return $text === null ? null : (is_string($text) ? (float) $text : $text);
}
function is_true($text) {
    return $text === null ? null : $text === 'true';
}
// PHP's own array has the last of several; a handler that needs them all reads the query itself.
function all_of($name) {
    $found = [];
    foreach (explode('&', $_SERVER['QUERY_STRING'] ?? '') as $pair) {
        $parts = explode('=', $pair, 2);
        if (urldecode($parts[0]) === $name) $found[] = urldecode($parts[1] ?? '');
    }
    return $found === [] ? null : $found;
}

$type = $_SERVER['CONTENT_TYPE'] ?? '';
$json = stripos($type, 'json') !== false ? json_decode(file_get_contents('php://input'), true) : null;
$input = is_array($json) ? $json : $_POST;

$method = $_SERVER['REQUEST_METHOD'];
if ($method === 'POST') {
    $asked = $_SERVER['HTTP_X_HTTP_METHOD_OVERRIDE'] ?? $input['_method'] ?? $_GET['_method'] ?? null;
    if (is_string($asked)) $method = strtoupper($asked);
}

$path = rawurldecode(explode('?', $_SERVER['REQUEST_URI'], 2)[0]);
if ($path !== '/') $path = rtrim($path, '/');
$routes = [
    ['GET', '#^/users/export$#', 'exportUsers'],
    ['GET', '#^/users/@me$#', 'getMe'],
    ['POST', '#^/users/search$#', 'searchUsers'],
    ['POST', '#^/users$#', 'createUser'],
    ['GET', '#^/users/(?<id>[^/]++)$#', 'getUser'],
    ['PUT', '#^/users/(?<id>[^/]++)$#', 'putUser'],
    ['DELETE', '#^/users/(?<id>[^/]++)$#', 'deleteUser'],
    ['POST', '#^/users/(?<id>[^/]++)$#', 'touchUser'],
    ['POST', '#^/login$#', 'login'],
    ['POST', '#^/uploads$#', 'upload'],
    ['GET', '#^/files/archive/(?<entry>[^/]++)$#', 'getEntry'],
    ['GET', '#^/files/(?<name>[^/]++)/raw$#', 'getRaw'],
    ['GET', '#^/files/(?<name>[^/]++)$#', 'getFile'],
];

header('Content-Type: application/json');
foreach ($routes as [$offered, $pattern, $handler]) {
    if ($offered !== $method && !($method === 'HEAD' && $offered === 'GET')) continue;
    if (preg_match($pattern . 'sD', $path, $match) !== 1) continue;
    $file = $_FILES['file'] ?? null;
    $body = $handler === 'login'
        ? [
            'user' => $input['user'] ?? null,
            'role' => $input['role'] ?? null,
            'age' => read_int($input['age'] ?? null),
            'keep' => is_true($input['keep'] ?? null),
        ]
        : $input;
    echo json_encode([
        'handler' => $handler,
        'method' => $method,
        'path' => (object) array_filter($match, 'is_string', ARRAY_FILTER_USE_KEY),
        'query' => [
            'q' => $_GET['q'] ?? null,
            'page' => read_int($_GET['page'] ?? null),
            'ratio' => read_float($_GET['ratio'] ?? null),
            'active' => is_true($_GET['active'] ?? null),
            'tag' => all_of('tag'),
        ],
        'tenant' => $_SERVER['HTTP_X_TENANT'] ?? null,
        'theme' => $_COOKIE['theme'] ?? null,
        'body' => in_array($_SERVER['REQUEST_METHOD'], ['POST', 'PUT'], true) ? $body : null,
        'file' => is_array($file) && is_string($file['name']) && $file['error'] === 0
            ? ['name' => $file['name'], 'bytes' => $file['size']]
            : null,
    ], JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION);
    exit;
}
http_response_code(404);
echo '{}';
