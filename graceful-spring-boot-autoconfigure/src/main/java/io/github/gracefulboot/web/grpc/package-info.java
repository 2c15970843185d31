/**
 * The drain of gRPC servers, on Netty or in a servlet container.
 */
@NullMarked
package io.github.gracefulboot.web.grpc;

import org.jspecify.annotations.NullMarked;
