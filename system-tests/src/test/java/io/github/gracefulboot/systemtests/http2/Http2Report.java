package io.github.gracefulboot.systemtests.http2;

import java.util.List;

/**
 * What became of the requests of an {@link Http2Load}.
 *
 * @param total how many requests were sent
 * @param overHttp2 how many of them were answered over HTTP/2
 * @param failed how many failed
 * @param failures one line for each that failed
 */
public record Http2Report(long total, long overHttp2, long failed, List<String> failures) {

}
