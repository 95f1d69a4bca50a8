/* SPDX-License-Identifier: GPL-2.0-only */
/* AH packets, made with OpenSSL, in hexadecimal digits. */
#ifndef ADIT_SELFTEST_AH_VECTORS_H
#define ADIT_SELFTEST_AH_VECTORS_H

#include <linux/types.h>
#include <uapi/linux/adit.h>

/**
 * struct ah_vector - a packet with AH in front of an IPv4 packet
 * @integ: ADIT_INTEG_*
 * @esn: 64-bit sequence numbers
 * @high: upper half of its sequence number
 * @header: for each octet of the header in front of AH, whether it may change
 *	(m) or not (i); ? if another change would be seen; others are nothing
 * @key: of @integ, with the salt
 * @packet: from the IP header on
 */
struct ah_vector {
	u16 integ;
	bool esn;
	u32 high;
	const char *header;
	const char *key;
	const char *packet;
};

/*
 * The headers have what there is to think of: IPv4 with options that change and
 * one that does not, or with a source route that is not at its end; IPv6 with
 * options of both kinds, and a routing header that is or is not at its end.
 */
static const struct ah_vector ah_vectors[] = {
	{
		.integ = ADIT_INTEG_HMAC_MD5_96,
		.header =
			"imiiiimm mimmiiii iiiiiiii im?mmmmm iiii\n",
		.key =
			"00070e15 1c232a31 383f464d 545b6269\n",
		.packet =
			"49b90060 12344000 3d336b45 c0000201 c6336401 01940400\n"
			"00070704 c0000263 00000000 04040000 12345678 80000001\n"
			"12b76be6 8cf73044 4d0db922 45000024 00070000 40010000\n"
			"0a010001 0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_MD5_96,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii iiiiiiii iiiiiiii iiiiiiii\n",
		.key =
			"01080f16 1d242b32 3940474e 555c636a\n",
		.packet =
			"6b912345 0064003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020000 00000000 20010db8 00020000\n"
			"00000000 00000099 04040000 12345678 80000002 bd1b9442\n"
			"75a327cd 5765dc61 45000024 00070000 40010000 0a010001\n"
			"0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA1_96,
		.header =
			"imiiiimm mimmiiii mmmm???? ???i\n",
		.key =
			"02091017 1e252c33 3a41484f 565d646b 72798087\n",
		.packet =
			"47b90058 12344000 3d33a4c0 c0000201 c633644d 890704cb\n"
			"00710900 04040000 12345678 80000003 50df9631 c9691f9c\n"
			"586ca780 45000024 00070000 40010000 0a010001 0a020001\n"
			"0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA1_96,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii iiiiiiii iiiiiiii iiiiiiii\n",
		.key =
			"030a1118 1f262d34 3b424950 575e656c 737a8188\n",
		.packet =
			"6b912345 0064003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020000 00000000 20010db8 00020000\n"
			"00000000 00000099 04040000 12345678 80000004 45979f20\n"
			"31bee5fe a5885ed8 45000024 00070000 40010000 0a010001\n"
			"0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_XCBC_96,
		.header =
			"imiiiimm mimmiiii iiiiiiii im?mmmmm iiii\n",
		.key =
			"040b1219 20272e35 3c434a51 585f666d\n",
		.packet =
			"49b90060 12344000 3d336b45 c0000201 c6336401 01940400\n"
			"00070704 c0000263 00000000 04040000 12345678 80000005\n"
			"e745e78f 0aaa6d31 4fa1fe3b 45000024 00070000 40010000\n"
			"0a010001 0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_XCBC_96,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii ii??iiii iiiiiiii iiiiiiii\n",
		.key =
			"050c131a 21282f36 3d444b52 5960676e\n",
		.packet =
			"6b912345 0064003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020001 00000000 20010db8 00020000\n"
			"00000000 00000099 04040000 12345678 80000006 3d9052b1\n"
			"e8a4e4cb 59b44436 45000024 00070000 40010000 0a010001\n"
			"0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_CMAC_96,
		.header =
			"imiiiimm mimmiiii iiiiiiii im?mmmmm iiii\n",
		.key =
			"060d141b 22293037 3e454c53 5a61686f\n",
		.packet =
			"49b90060 12344000 3d336b45 c0000201 c6336401 01940400\n"
			"00070704 c0000263 00000000 04040000 12345678 80000007\n"
			"7727ea45 53c73828 81ff1b98 45000024 00070000 40010000\n"
			"0a010001 0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_CMAC_96,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii iiiiiiii iiiiiiii iiiiiiii\n",
		.key =
			"070e151c 232a3138 3f464d54 5b626970\n",
		.packet =
			"6b912345 0064003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020000 00000000 20010db8 00020000\n"
			"00000000 00000099 04040000 12345678 80000008 624e1397\n"
			"bd64d40b e90c97ff 45000024 00070000 40010000 0a010001\n"
			"0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_128_GMAC,
		.header =
			"imiiiimm mimmiiii mmmm???? ???i\n",
		.key =
			"080f161d 242b3239 40474e55 5c636a71 787f868d\n",
		.packet =
			"47b90064 12344000 3d33a4b4 c0000201 c633644d 890704cb\n"
			"00710900 04070000 12345678 80000009 00000000 80000009\n"
			"4d6de4ce d1a25c2e 8dbb6e70 6c83157f 45000024 00070000\n"
			"40010000 0a010001 0a020001 0800f7ff 00000000 61646974\n"
			"61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_128_GMAC,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii iiiiiiii iiiiiiii iiiiiiii\n",
		.key =
			"0910171e 252c333a 41484f56 5d646b72 7980878e\n",
		.packet =
			"6b912345 0074003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020000 00000000 20010db8 00020000\n"
			"00000000 00000099 04080000 12345678 8000000a 00000002\n"
			"8000000a 1e8218a0 edef3e37 b97b921b d64e058e 00000000\n"
			"45000024 00070000 40010000 0a010001 0a020001 0800f7ff\n"
			"00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_192_GMAC,
		.header =
			"imiiiimm mimmiiii iiiiiiii im?mmmmm iiii\n",
		.key =
			"0a11181f 262d343b 42495057 5e656c73 7a81888f 969da4ab\n"
			"b2b9c0c7\n",
		.packet =
			"49b9006c 12344000 3d336b39 c0000201 c6336401 01940400\n"
			"00070704 c0000263 00000000 04070000 12345678 8000000b\n"
			"00000000 8000000b 7854c7e1 541a0acc db11f1c0 fd6327d8\n"
			"45000024 00070000 40010000 0a010001 0a020001 0800f7ff\n"
			"00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_192_GMAC,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii ii??iiii iiiiiiii iiiiiiii\n",
		.key =
			"0b121920 272e353c 434a5158 5f666d74 7b828990 979ea5ac\n"
			"b3bac1c8\n",
		.packet =
			"6b912345 0074003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020001 00000000 20010db8 00020000\n"
			"00000000 00000099 04080000 12345678 8000000c 00000002\n"
			"8000000c bc0b46b6 cf7f0f32 5a3ea145 29819614 00000000\n"
			"45000024 00070000 40010000 0a010001 0a020001 0800f7ff\n"
			"00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_256_GMAC,
		.header =
			"imiiiimm mimmiiii iiiiiiii im?mmmmm iiii\n",
		.key =
			"0c131a21 282f363d 444b5259 60676e75 7c838a91 989fa6ad\n"
			"b4bbc2c9 d0d7dee5 ecf3fa01\n",
		.packet =
			"49b9006c 12344000 3d336b39 c0000201 c6336401 01940400\n"
			"00070704 c0000263 00000000 04070000 12345678 8000000d\n"
			"00000000 8000000d a4d9404f 55863915 c716f5c2 d3aab61b\n"
			"45000024 00070000 40010000 0a010001 0a020001 0800f7ff\n"
			"00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_AES_256_GMAC,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii iiiiiiii iiiiiiii iiiiiiii\n",
		.key =
			"0d141b22 2930373e 454c535a 61686f76 7d848b92 99a0a7ae\n"
			"b5bcc3ca d1d8dfe6 edf4fb02\n",
		.packet =
			"6b912345 0074003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020000 00000000 20010db8 00020000\n"
			"00000000 00000099 04080000 12345678 8000000e 00000002\n"
			"8000000e 8ac93320 0030fb75 b5fcf9c2 56739718 00000000\n"
			"45000024 00070000 40010000 0a010001 0a020001 0800f7ff\n"
			"00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.header =
			"imiiiimm mimmiiii mmmm???? ???i\n",
		.key =
			"0e151c23 2a31383f 464d545b 62697077 7e858c93 9aa1a8af\n"
			"b6bdc4cb d2d9e0e7\n",
		.packet =
			"47b9005c 12344000 3d33a4bc c0000201 c633644d 890704cb\n"
			"00710900 04050000 12345678 8000000f 9d8e23c2 6808d1cc\n"
			"eac59f2e 19af2563 45000024 00070000 40010000 0a010001\n"
			"0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii iiiiiiii iiiiiiii iiiiiiii\n",
		.key =
			"0f161d24 2b323940 474e555c 636a7178 7f868d94 9ba2a9b0\n"
			"b7bec5cc d3dae1e8\n",
		.packet =
			"6b912345 006c003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020000 00000000 20010db8 00020000\n"
			"00000000 00000099 04060000 12345678 80000010 cbae2a9d\n"
			"c01e353e 9de0a16f 1cb48b8e 00000000 45000024 00070000\n"
			"40010000 0a010001 0a020001 0800f7ff 00000000 61646974\n"
			"61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA2_384_192,
		.header =
			"imiiiimm mimmiiii iiiiiiii im?mmmmm iiii\n",
		.key =
			"10171e25 2c333a41 484f565d 646b7279 80878e95 9ca3aab1\n"
			"b8bfc6cd d4dbe2e9 f0f7fe05 0c131a21 282f363d 444b5259\n",
		.packet =
			"49b9006c 12344000 3d336b39 c0000201 c6336401 01940400\n"
			"00070704 c0000263 00000000 04070000 12345678 80000011\n"
			"6c904e38 fb91cb9a 120f8555 d1765475 9eaee284 fd1e3c39\n"
			"45000024 00070000 40010000 0a010001 0a020001 0800f7ff\n"
			"00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA2_384_192,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii ii??iiii iiiiiiii iiiiiiii\n",
		.key =
			"11181f26 2d343b42 4950575e 656c737a 81888f96 9da4abb2\n"
			"b9c0c7ce d5dce3ea f1f8ff06 0d141b22 2930373e 454c535a\n",
		.packet =
			"6b912345 0074003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020001 00000000 20010db8 00020000\n"
			"00000000 00000099 04080000 12345678 80000012 038a8289\n"
			"939c7654 2239690b 192d9029 48a5b74f fcbdf189 00000000\n"
			"45000024 00070000 40010000 0a010001 0a020001 0800f7ff\n"
			"00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA2_512_256,
		.header =
			"imiiiimm mimmiiii iiiiiiii im?mmmmm iiii\n",
		.key =
			"12192027 2e353c43 4a51585f 666d747b 82899097 9ea5acb3\n"
			"bac1c8cf d6dde4eb f2f90007 0e151c23 2a31383f 464d545b\n"
			"62697077 7e858c93 9aa1a8af b6bdc4cb\n",
		.packet =
			"49b90074 12344000 3d336b31 c0000201 c6336401 01940400\n"
			"00070704 c0000263 00000000 04090000 12345678 80000013\n"
			"d7c4190b b4c01767 8f3c3db3 394e63c5 cf1a1b3f e186f95b\n"
			"72022cf8 ca0faeb6 45000024 00070000 40010000 0a010001\n"
			"0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA2_512_256,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii iiiiiiii iiiiiiii iiiiiiii\n",
		.key =
			"131a2128 2f363d44 4b525960 676e757c 838a9198 9fa6adb4\n"
			"bbc2c9d0 d7dee5ec f3fa0108 0f161d24 2b323940 474e555c\n"
			"636a7178 7f868d94 9ba2a9b0 b7bec5cc\n",
		.packet =
			"6b912345 007c003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020000 00000000 20010db8 00020000\n"
			"00000000 00000099 040a0000 12345678 80000014 4066ada4\n"
			"09c492b7 fd93c89a 2e1951fc f4648a42 5cd63fdd 44486eed\n"
			"a6b84a34 00000000 45000024 00070000 40010000 0a010001\n"
			"0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA2_256_96,
		.header =
			"imiiiimm mimmiiii mmmm???? ???i\n",
		.key =
			"141b2229 30373e45 4c535a61 686f767d 848b9299 a0a7aeb5\n"
			"bcc3cad1 d8dfe6ed\n",
		.packet =
			"47b90058 12344000 3d33a4c0 c0000201 c633644d 890704cb\n"
			"00710900 04040000 12345678 80000015 4035ad58 e81b9235\n"
			"5592dec9 45000024 00070000 40010000 0a010001 0a020001\n"
			"0800f7ff 00000000 61646974 61646974\n",
	},
	{
		.integ = ADIT_INTEG_HMAC_SHA2_256_96,
		.esn = true,
		.high = 2,
		.header =
			"?mmmiiim iiiiiiii iiiiiiii iiiiiiii iiiiiiii iiiimmmi\n"
			"iiiiiiii iiiiiiii iiiiiiii iiiiiiii\n",
		.key =
			"151c232a 31383f46 4d545b62 6970777e 858c939a a1a8afb6\n"
			"bdc4cbd2 d9e0e7ee\n",
		.packet =
			"6b912345 0064003f 20010db8 00010000 00000000 00000001\n"
			"20010db8 00020000 00000000 00000001 2b013e03 aabbcc1e\n"
			"02112201 03000000 33020000 00000000 20010db8 00020000\n"
			"00000000 00000099 04040000 12345678 80000016 84fbd247\n"
			"b607fcfa 1f82fccd 45000024 00070000 40010000 0a010001\n"
			"0a020001 0800f7ff 00000000 61646974 61646974\n",
	},
};

#endif
