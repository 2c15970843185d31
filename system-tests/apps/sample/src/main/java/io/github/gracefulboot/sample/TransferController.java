package io.github.gracefulboot.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Transfers that take long because they are large.
 */
@RestController
class TransferController {

	private static final Log logger = LogFactory.getLog(TransferController.class);

	private static final int MEBIBYTE = 1024 * 1024;

	private static final int LARGEST = 1024;

	// So many mebibytes, each of which consists of one byte value, counted up
	@GetMapping("/download")
	ResponseEntity<StreamingResponseBody> download(@RequestParam(defaultValue = "1") int mb) {
		if (mb < 0 || mb > LARGEST) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "mb has to be from 0 to " + LARGEST);
		}
		return ResponseEntity.ok().contentType(MediaType.APPLICATION_OCTET_STREAM).body((out) -> {
			byte[] mebibyte = new byte[MEBIBYTE];
			for (int i = 0; i < mb; i++) {
				Arrays.fill(mebibyte, (byte) i);
				out.write(mebibyte);
			}
		});
	}

	// Answers with the SHA-256 of the body, in hexadecimal digits
	@PostMapping("/upload")
	String upload(HttpServletRequest request) throws IOException, NoSuchAlgorithmException {
		logger.info(LogMessage.format("Upload of %d bytes begins", request.getContentLengthLong()));
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		try (InputStream body = new DigestInputStream(request.getInputStream(), digest)) {
			body.transferTo(OutputStream.nullOutputStream());
		}
		return HexFormat.of().formatHex(digest.digest());
	}

}
